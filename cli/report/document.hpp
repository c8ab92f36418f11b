// A report before it is a page: headings, facts and tables of plain text. Pure data.
//
// Text is raw, as it came from the database or the file system: only html.hpp and markdown.hpp know what has
// to be escaped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pgark::cli::report {

enum class Tone : std::uint8_t { plain, good, warning, bad };

inline constexpr double kNoShare = -1;

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  double share = kNoShare;  // 0 to 1: a bar of that length below the text
};

struct Fact {
  std::string name;
  Cell value;
};

struct Column {
  std::string title;
  bool is_number = false;  // aligned to the right
};

struct Grid {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as `columns`
};

// Who did what when: a lane for each connection, from 0 to `seconds`.
struct Bar {
  double begin = 0, end = 0;
  std::string label;
  bool second = false;  // of the other colour
};
struct Lane {
  std::string name;
  std::vector<Bar> bars;  // in their order, none over another
  std::string text;       // at its end: "93 %"
};
struct Lanes {
  double seconds = 0;
  std::vector<Lane> lanes;
};

// One value for each interval.
struct Curve {
  double interval_seconds = 0;
  std::vector<double> values;  // not negative
  std::string top;             // what the greatest is: "312 MB/s"
};

struct Section {
  std::string title;
  std::string text;  // a sentence above; empty: none
  std::vector<Fact> facts;
  Lanes lanes;
  Curve curve;
  Grid grid;
  std::string note;  // below
};

struct Document {
  std::string title;
  Cell verdict;
  std::vector<Section> sections;
  std::string footer;
};

}  // namespace pgark::cli::report
