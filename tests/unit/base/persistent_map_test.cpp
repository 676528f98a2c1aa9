#include "base/persistent_map.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace tessera {
namespace {

using Map = PersistentMap<std::string, int>;

std::vector<std::pair<std::string, int>> content(const Map& map) {
  std::vector<std::pair<std::string, int>> all;
  map.for_each([&](const std::string& key, int value) { all.emplace_back(key, value); });
  return all;
}

TEST(PersistentMapTest, HoldsWhatWasSetInOrderOfTheKeys) {
  Map map;
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.find("a"), nullptr);
  for (const char* key : {"c", "a", "b"}) map.set(key, *key);
  map.set("a", 7);
  EXPECT_EQ(map.size(), 3u);
  EXPECT_EQ(content(map), (std::vector<std::pair<std::string, int>>{{"a", 7}, {"b", 'b'}, {"c", 'c'}}));
}

TEST(PersistentMapTest, ACopyIsNotTouched) {
  Map map;
  map.set("a", 1);
  const Map before = map;
  map.set("a", 2);
  map.set("b", 3);
  EXPECT_EQ(content(before), (std::vector<std::pair<std::string, int>>{{"a", 1}}));
  EXPECT_EQ(before.size(), 1u);
  EXPECT_EQ(*map.find("a"), 2);
}

TEST(PersistentMapTest, IsWhatAnOrdinaryMapIs) {
  std::mt19937 random(1);
  std::map<int, int> ordinary;
  PersistentMap<int, int> map;
  for (int i = 0; i < 20000; ++i) {
    const int key = static_cast<int>(random() % 5000);
    ordinary[key] = i;
    map.set(key, i);
  }
  ASSERT_EQ(map.size(), ordinary.size());
  auto expected = ordinary.begin();
  map.for_each([&](int key, int value) {
    ASSERT_EQ(key, expected->first);
    ASSERT_EQ(value, (expected++)->second);
  });
}

/// Sorted keys make no long branch: the recursion stays flat, and set() copies few nodes.
TEST(PersistentMapTest, AMillionSortedKeys) {
  PersistentMap<int, int> map;
  for (int i = 0; i < 1000000; ++i) map.set(i, -i);
  EXPECT_EQ(*map.find(765432), -765432);
  const PersistentMap<int, int> copy = map;
  const int* value = copy.find(5);
  for (int i = 0; i < 1000; ++i) map.set(i, i);
  EXPECT_EQ(copy.find(5), value);
  EXPECT_EQ(*value, -5);
}

static_assert(std::is_nothrow_move_assignable_v<Map>);

}  // namespace
}  // namespace tessera
