#include "dumper/graph/loop_repair.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "dumper/graph/topological_sort.hpp"

namespace pgark::dumper {
namespace {

using format::Section;

class Repair {
 public:
  Repair(DumpGraph& graph, const Loop& loop, std::vector<std::string>& warnings)
      : graph_(graph), loop_(loop), warnings_(warnings) {}

  // D4.1: a base or range type and one of its own functions, which takes the type's shell instead.
  bool type_and_function() {
    if (loop_.size() != 2) return false;
    for (std::size_t i = 0; i < 2; ++i) {
      const DumpId type = loop_[i], function = loop_[1 - i];
      const DumpId shell = graph_.find(ObjectKind::shell_type, graph_[type].payload);
      if (!has_shell(graph_[type].kind) || graph_[function].kind != ObjectKind::function) continue;
      graph_.undepend(function, type);
      // A function that is not written has no use for the shell, and there is none for a type that is not.
      if (shell == kNoDump || (graph_[function].components & kDefinition) == 0) return true;
      if (graph_[shell].inlined) graph_.separate(shell, Section::pre_data);
      graph_.depend(function, shell);
      return true;
    }
    return false;
  }

  // D4.2: a view and its own _RETURN rule; the rule is merged into CREATE VIEW.
  bool view_and_rule() { return part_of_pair(ObjectKind::rule); }
  // D4.7: a table and its own inline check.
  bool table_and_check() { return part_of_pair(ObjectKind::constraint); }
  // D4.9: a table and its own inline default.
  bool table_and_default() { return part_of_pair(ObjectKind::column_default); }
  // D4.11: a domain and its own inline constraint.
  bool domain_and_constraint() { return part_of_pair(ObjectKind::domain_constraint); }

  // D4.13: a partitioned index and one of its partitions.
  bool partitioned_index() {
    if (loop_.size() != 2) return false;
    const auto is_index = [&](DumpId id) { return graph_[id].kind == ObjectKind::index; };
    if (!is_index(loop_[0]) || !is_index(loop_[1])) return false;
    for (std::size_t i = 0; i < 2; ++i) {
      if (graph_[loop_[1 - i]].parent == loop_[i]) {
        graph_.undepend(loop_[i], loop_[1 - i]);
        return true;
      }
    }
    return false;
  }

  // D4.3: a longer loop through a view and its rule: the view is created empty of meaning first.
  bool view_through_rule() {
    const DumpId rule = part_in_loop(ObjectKind::rule);
    if (rule == kNoDump || graph_[graph_[rule].parent].kind != ObjectKind::view) return false;
    graph_[graph_[rule].parent].placeholder = true;
    split_off(rule, Section::post_data);
    return true;
  }

  // D4.8: a longer loop through a table and a check.
  bool table_through_check() { return split_kind(ObjectKind::constraint, Section::post_data); }

  // D4.12: a longer loop through a domain and a constraint. The server adds a constraint to a domain only
  // while no table has a column of an array or a composite of it, so that the tables wait for the constraint.
  bool domain_through_constraint() {
    const DumpId part = part_in_loop(ObjectKind::domain_constraint);
    if (part == kNoDump) return false;
    split_off(part, Section::pre_data);
    for (const DumpId user : graph_.users_of(graph_[part].parent, may_contain_domain)) {
      if (has_rows(graph_[user].kind)) graph_.depend(user, part);
    }
    return true;
  }

  // ... unless the constraint needs one of them.
  bool constraint_and_table() {
    for (std::size_t i = 0; i < loop_.size(); ++i) {
      const DumpId user = loop_[i], part = loop_[(i + 1) % loop_.size()];
      const bool waits = has_rows(graph_[user].kind) && graph_[part].kind == ObjectKind::domain_constraint &&
                         graph_[part].section == Section::pre_data;
      if (!waits) continue;
      for (DumpId id = 0; id < graph_.size(); ++id) {
        if (has_rows(graph_[id].kind)) graph_.undepend(id, part);
      }
      graph_.undepend(graph_.pre_boundary(), part);
      graph_.separate(part, Section::post_data);
      return true;
    }
    return false;
  }

  // D4.10: a longer loop through a table and a default. When the loop runs through the end of the pre-data
  // section as well (the default calls a function that waits for a primary key), the default waits too: rows
  // are loaded with explicit values, so it is not missed.
  bool table_through_default() {
    return split_kind(ObjectKind::column_default,
                      contains(graph_.pre_boundary()) ? Section::post_data : Section::pre_data);
  }

  // D4.4: a materialized view that needs something of post-data (a unique index), or what hangs on one.
  bool matview_and_boundary() { return postpone(ObjectKind::matview); }
  // D4.6: a function that does (BEGIN ATOMIC with GROUP BY primary key).
  bool function_and_boundary() { return postpone(ObjectKind::function); }

  // Anything else that the end of the pre-data section waits for here and that no row needs: a view with a
  // column of the row type of such a materialized view, its column default, an operator over such a function.
  bool dependent_and_boundary() {
    const DumpId next = needed_by_boundary();
    if (next == kNoDump) return false;
    switch (graph_[next].kind) {
      case ObjectKind::schema:
      case ObjectKind::extension:
      case ObjectKind::table:
      case ObjectKind::table_attach:
      case ObjectKind::sequence: return false;
      default: return postpone(graph_[next].kind);
    }
  }

  // D4.15: foreign keys in a circle, in a data-only dump.
  bool table_data() {
    const auto is_data = [&](DumpId id) { return graph_[id].kind == ObjectKind::table_data; };
    if (!std::all_of(loop_.begin(), loop_.end(), is_data)) return false;
    warn("foreign keys form a circle, so no order of loading satisfies them all");
    graph_.undepend(loop_[0], loop_[1 % loop_.size()]);
    return true;
  }

  // D4.16: the dump must be produced even so.
  bool anything() {
    warn("objects need each other in a circle that cannot be resolved; the restore may fail on them");
    for (std::size_t i = 0; i < loop_.size(); ++i) {
      const DumpId object = loop_[i], needed = loop_[(i + 1) % loop_.size()];
      if (is_boundary(object) || is_boundary(needed)) continue;
      graph_.undepend(object, needed);
      return true;
    }
    graph_.undepend(loop_[0], loop_[1 % loop_.size()]);
    return true;
  }

 private:
  static bool has_rows(ObjectKind kind) { return kind == ObjectKind::table || kind == ObjectKind::matview; }
  static bool has_shell(ObjectKind kind) {
    return kind == ObjectKind::base_type || kind == ObjectKind::range_type;
  }
  bool is_boundary(DumpId id) const { return id == graph_.pre_boundary() || id == graph_.post_boundary(); }
  bool contains(DumpId id) const { return std::find(loop_.begin(), loop_.end(), id) != loop_.end(); }

  // The pair is an inlined part and its parent: the part need not wait for the parent it is printed in.
  bool part_of_pair(ObjectKind kind) {
    if (loop_.size() != 2) return false;
    for (std::size_t i = 0; i < 2; ++i) {
      const DumpObject& part = graph_[loop_[i]];
      if (part.kind != kind || !part.inlined || part.parent != loop_[1 - i]) continue;
      graph_.undepend(loop_[i], loop_[1 - i]);
      return true;
    }
    return false;
  }

  // An inlined part of this kind whose parent is in the loop as well. A generated column's expression is one
  // that cannot be split off: there is no syntax to add it later.
  DumpId part_in_loop(ObjectKind kind) const {
    for (const DumpId id : loop_) {
      const DumpObject& part = graph_[id];
      if (part.kind == kind && part.inlined && part.separable && contains(part.parent)) return id;
    }
    return kNoDump;
  }

  void split_off(DumpId part, Section section) {
    const DumpId parent = graph_[part].parent;
    graph_.undepend(parent, part);
    graph_.separate(part, section);
    graph_.depend(part, parent);
  }

  bool split_kind(ObjectKind kind, Section section) {
    const DumpId part = part_in_loop(kind);
    if (part == kNoDump) return false;
    split_off(part, section);
    return true;
  }

  bool hangs_on_function(DumpId id) const {
    switch (graph_[id].kind) {
      case ObjectKind::cast:
      case ObjectKind::transform:
      case ObjectKind::aggregate:
      case ObjectKind::operator_:
      case ObjectKind::operator_family:
      case ObjectKind::operator_class: return true;
      default: return false;
    }
  }

  // What the pre-data boundary waits for in this loop.
  DumpId needed_by_boundary() const {
    const auto boundary = std::find(loop_.begin(), loop_.end(), graph_.pre_boundary());
    if (boundary == loop_.end()) return kNoDump;
    return boundary + 1 == loop_.end() ? loop_.front() : *(boundary + 1);
  }

  // The loop runs through the pre-data boundary and an object of `kind`: what the boundary waits for in this
  // loop need not precede it. It is the object itself or something that hangs on it, one per round.
  bool postpone(ObjectKind kind) {
    const auto has_kind =
        std::any_of(loop_.begin(), loop_.end(), [&](DumpId id) { return graph_[id].kind == kind; });
    const DumpId next = needed_by_boundary();
    if (!has_kind || next == kNoDump) return false;
    const bool moves = graph_[next].kind == kind || (kind == ObjectKind::function && hangs_on_function(next));
    if (!moves && graph_[next].kind != ObjectKind::hidden_type) return false;
    graph_.undepend(graph_.pre_boundary(), next);
    if (moves) {
      graph_.separate(next, Section::post_data);
    } else {
      graph_[next].section = Section::none;
    }
    return true;
  }

  void warn(std::string_view cause) {
    constexpr std::size_t kNamesMax = 20;
    std::string text(cause);
    text += ": ";
    std::size_t named = 0;
    for (const DumpId id : loop_) {
      if (is_boundary(id)) continue;
      if (++named > kNamesMax) break;
      if (named > 1) text += ", ";
      text += describe(graph_[id]);
    }
    if (named > kNamesMax) text += ", ...";
    warnings_.push_back(std::move(text));
  }

  DumpGraph& graph_;
  const Loop& loop_;
  std::vector<std::string>& warnings_;
};

// First fit wins: exact pairs, then parts that can be split off, then whole objects that can move.
constexpr bool (Repair::*kRepairs[])() = {
    &Repair::type_and_function,
    &Repair::view_and_rule,
    &Repair::table_and_check,
    &Repair::table_and_default,
    &Repair::domain_and_constraint,
    &Repair::partitioned_index,
    &Repair::view_through_rule,
    &Repair::constraint_and_table,
    &Repair::table_through_check,
    &Repair::table_through_default,
    &Repair::domain_through_constraint,
    &Repair::matview_and_boundary,
    &Repair::function_and_boundary,
    &Repair::dependent_and_boundary,
    &Repair::table_data,
    &Repair::anything,
};

}  // namespace

void repair_loop(DumpGraph& graph, const Loop& loop, std::vector<std::string>& warnings) {
  Repair repair(graph, loop, warnings);
  for (const auto method : kRepairs) {
    if ((repair.*method)()) return;
  }
}

std::vector<DumpId> sort_and_repair(DumpGraph& graph, std::vector<std::string>& warnings) {
  // Every round removes at least one edge or adds edges only to a part that was inlined before, so it ends.
  for (;;) {
    SortOutcome outcome = topological_sort(graph);
    if (outcome.unplaced.empty()) return std::move(outcome.order);
    for (const Loop& loop : find_loops(graph, outcome.unplaced)) {
      if (is_intact(graph, loop)) repair_loop(graph, loop, warnings);
    }
  }
}

}  // namespace pgark::dumper
