// Hands pieces of tables to workers so that all of them stay busy and finish together.
//
// A worker takes the heaviest table that nobody has begun and holds all of its pages as its range; it copies
// the range in pieces from the front. A worker without work takes the upper half of the heaviest rest of
// anybody's range. A piece lasts about kPieceSeconds by the speed measured so far, and less towards the end:
// a piece cannot be cut once its COPY runs, so the last ones decide how long the others wait.
//
// A table that has to come after others waits for them to be complete.
//
// Every page of every table is handed out exactly once. Thread rule: all methods from any thread. The clock
// is the caller's: tests give a false one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "dumper/data/data_plan.hpp"

namespace pgark::dumper {

// Pages [begin, end).
struct PageRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t size() const { return end - begin; }
  bool operator==(const PageRange&) const = default;
};

struct Piece {
  std::size_t object = 0;   // TableWork::object
  bool whole = false;       // the table in one stream; `pages` is not used
  bool open_ended = false;  // the last pages of the table: no upper bound
  PageRange pages;
  std::uint64_t bytes = 0;  // weight
  // Unique in the table and ascending with its pages: chunks in the order of parts are the heap's order.
  std::uint32_t part() const { return pages.begin; }
};

class RangeScheduler {
 public:
  static constexpr double kPieceSeconds = 1.5;
  static constexpr std::uint64_t kFirstPieceBytes = std::uint64_t{16} << 20;  // before a speed is known

  RangeScheduler(std::vector<TableWork> heaviest_first, std::size_t workers);

  // The next piece of `worker`, or nullopt when everything is handed out. REQUIRES: finished() for the
  // previous one.
  std::optional<Piece> next(std::size_t worker) { return turn(worker, {}).piece; }
  struct Turn {
    std::optional<Piece> piece;
    bool waits = false;  // nothing now, but tables are left that wait for others
  };
  // The same; `freed` is called once when it is worth while to ask again, from the thread that frees.
  Turn turn(std::size_t worker, std::function<void()> freed);
  // The piece that next() gave to `worker` was copied in `seconds`. True when its table is complete with it.
  bool finished(std::size_t worker, double seconds);

 private:
  struct Table {
    TableWork work;
    std::uint32_t pages_unfinished = 0;
    double bytes_per_page = 0;
    double pages_per_second = 0;  // of the piece finished last; 0: none yet
    bool begun = false;
  };
  struct Worker {
    std::size_t table = 0;
    PageRange rest;  // of the range it holds: not handed out yet
    std::optional<Piece> running;
  };

  bool take_unstarted(Worker& worker);
  bool may_begin(const Table& table) const;
  bool steal(Worker& thief);
  Piece cut(Worker& worker);
  std::uint32_t piece_pages(const Table& table) const;
  double rest_bytes(const Worker& worker) const;

  std::mutex mutex_;
  std::vector<Table> tables_;
  std::vector<Worker> workers_;
  std::size_t unstarted_ = 0;                   // all before tables_[unstarted_] are begun
  std::unordered_set<std::size_t> unfinished_;  // objects
  std::vector<std::function<void()>> waiting_;
  std::uint64_t bytes_left_ = 0;  // not handed out, of all tables
};

}  // namespace pgark::dumper
