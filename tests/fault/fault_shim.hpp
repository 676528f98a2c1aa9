#pragma once

/// \file
/// How fault_driver tells the preloaded shim what to do; the names are looked up with dlsym.

extern "C" {

/// From here on calls on files whose path contains TESSERA_FAULT_PATH are counted from 1, and the n-th of the kind (a
/// number of tessera::fault::Kind) fails as `effect` (of tessera::fault::Effect) says. n = 0: no call does.
void tessera_fault_arm(int kind, long n, int error, int effect, int persistent);

/// No fault from here on.
void tessera_fault_disarm();

/// While it is 1, calls neither fail nor count.
void tessera_fault_pause(int paused);

int tessera_fault_fired();
long tessera_fault_count(int kind);
}
