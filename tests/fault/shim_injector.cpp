#include "fault.hpp"

#include <dlfcn.h>

/// \file
/// The preloaded shim, seen from the driver.

namespace tessera::fault {

namespace {

template <class Function>
Function find(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

class Shim : public Injector {
 public:
  bool is_there() const { return arm_ != nullptr; }

  void arm(const Fault* fault) override {
    const Fault none;
    const Fault& one = fault != nullptr ? *fault : none;
    arm_(static_cast<int>(one.kind), fault != nullptr ? one.n : 0, one.error, static_cast<int>(one.effect),
         one.persistent);
  }
  void disarm() override { disarm_(); }
  void pause(bool paused) override { pause_(paused ? 1 : 0); }
  bool fired() const override { return fired_() != 0; }
  Counts counts() const override {
    Counts result{};
    for (int kind = 0; kind < kinds; ++kind) result[static_cast<std::size_t>(kind)] = count_(kind);
    return result;
  }

 private:
  void (*arm_)(int, long, int, int, int) = find<void (*)(int, long, int, int, int)>("tessera_fault_arm");
  void (*disarm_)() = find<void (*)()>("tessera_fault_disarm");
  void (*pause_)(int) = find<void (*)(int)>("tessera_fault_pause");
  int (*fired_)() = find<int (*)()>("tessera_fault_fired");
  long (*count_)(int) = find<long (*)(int)>("tessera_fault_count");
};

}  // namespace

Injector* shim_injector() {
  static Shim shim;
  return shim.is_there() ? &shim : nullptr;
}

}  // namespace tessera::fault
