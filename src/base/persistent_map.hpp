#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace tessera {

/// An ordered map whose copies share what they have in common: copying costs nothing, set() copies the way from the
/// root to the key, about 2 log2(size) small nodes. A copy is not touched by what is set in another one.
///
/// Items do not move: a reference to a value holds as long as a map has that value. A treap, whose priorities follow
/// from the order of the calls: the same calls make the same tree on every rank.
template <class Key, class Value>
class PersistentMap {
 public:
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  /// nullptr where there is none.
  const Value* find(const Key& key) const {
    const Node* node = root_.get();
    while (node != nullptr) {
      if (key < node->item->first) node = node->left.get();
      else if (node->item->first < key) node = node->right.get();
      else return &node->item->second;
    }
    return nullptr;
  }
  bool contains(const Key& key) const { return find(key) != nullptr; }

  /// Adds a value, or replaces the one of this key. \throws std::bad_alloc, and the map is as before
  void set(const Key& key, Value value) {
    const bool is_new = !contains(key);
    const auto item = std::make_shared<const Item>(key, std::move(value));
    root_ = with(root_, item, mixed(size_));
    if (is_new) ++size_;
  }

  /// Calls visit(key, value) in ascending order of the keys.
  template <class Visit>
  void for_each(Visit&& visit) const {
    walk(root_.get(), visit);
  }

 private:
  using Item = std::pair<const Key, Value>;
  struct Node;
  using Tree = std::shared_ptr<const Node>;
  struct Node {
    std::shared_ptr<const Item> item;
    std::uint64_t priority = 0;  ///< not below the children's
    Tree left;
    Tree right;
  };

  static Tree node(const Node& like, Tree left, Tree right) {
    return std::make_shared<const Node>(Node{like.item, like.priority, std::move(left), std::move(right)});
  }

  static Tree with(const Tree& tree, const std::shared_ptr<const Item>& item, std::uint64_t priority) {
    if (!tree) return std::make_shared<const Node>(Node{item, priority, nullptr, nullptr});
    if (item->first < tree->item->first) {
      Tree left = with(tree->left, item, priority);
      if (left->priority <= tree->priority) return node(*tree, std::move(left), tree->right);
      return node(*left, left->left, node(*tree, left->right, tree->right));
    }
    if (tree->item->first < item->first) {
      Tree right = with(tree->right, item, priority);
      if (right->priority <= tree->priority) return node(*tree, tree->left, std::move(right));
      return node(*right, node(*tree, tree->left, right->left), right->right);
    }
    return std::make_shared<const Node>(Node{item, tree->priority, tree->left, tree->right});
  }

  template <class Visit>
  static void walk(const Node* node, Visit& visit) {
    for (; node != nullptr; node = node->right.get()) {
      walk(node->left.get(), visit);
      visit(node->item->first, node->item->second);
    }
  }

  /// Looks random (splitmix64, https://prng.di.unimi.it/splitmix64.c).
  static std::uint64_t mixed(std::uint64_t value) noexcept {
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
  }

  Tree root_;
  std::size_t size_ = 0;
};

}  // namespace tessera
