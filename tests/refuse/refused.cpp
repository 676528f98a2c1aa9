/// One thing per TESSERA_CASE that does not compile, for a reason that the compiler's output names. Without one it
/// does.

#include <tessera/array.hpp>
#include <tessera/attribute.hpp>
#include <tessera/box.hpp>

#include <deque>
#include <list>
#include <memory>
#include <vector>

#include "../mpi/support/mdspan_like.hpp"

#ifndef TESSERA_CASE
#define TESSERA_CASE 0
#endif

template <class T, class Source>
void put(Source&& source) {
  (void)tessera::detail::any_array<T>(std::forward<Source>(source));
}

int main() {
  [[maybe_unused]] const double x = 2.5;
  [[maybe_unused]] const std::vector<double> values(8);
#if TESSERA_CASE == 1
  tessera::Box{{0, 0}, {x, 4}};
#elif TESSERA_CASE == 2
  constexpr tessera::Index index{1, ~std::size_t{0}};
#elif TESSERA_CASE == 3
  tessera::Index index(values);
#elif TESSERA_CASE == 4
  tessera::with_halo(values, 1.5);
#elif TESSERA_CASE == 5
  put<double>(std::vector<bool>(8));
#elif TESSERA_CASE == 6
  put<double>(std::list<double>(8));
#elif TESSERA_CASE == 7
  put<double>(std::deque<double>(8));
#elif TESSERA_CASE == 8
  put<double>(std::make_unique<double[]>(8));
#elif TESSERA_CASE == 9
  put<double>(std::vector<float>(8));
#elif TESSERA_CASE == 10
  put<double>(std::vector<long double>(8));
#elif TESSERA_CASE == 11
  tessera::ArrayRef<const double> array(nullptr, {8});
#elif TESSERA_CASE == 12
  put<double>(tessera_test::MdspanLike<const double, 1, double>(values.data(), {8}, {1}));
#elif TESSERA_CASE == 13
  put<double>(tessera_test::MdspanLike<const double, 1, const double&, false>(values.data(), {8}, {1}));
#elif TESSERA_CASE == 14
  struct Own {};
  put<double>(Own{});
#elif TESSERA_CASE == 15
  using Array = double[8];
  put<double>(Array{});
#elif TESSERA_CASE == 20
  tessera::AttributeValue value('x');
#elif TESSERA_CASE == 21
  tessera::AttributeValue value(1.0L);
#elif TESSERA_CASE == 22
  tessera::AttributeValue value(L"wide");
#elif TESSERA_CASE == 23
  tessera::AttributeValue value{0.5, std::int64_t{3}};
#elif TESSERA_CASE == 24
  tessera::AttributeValue value(std::vector<long double>(3));
#endif
}
