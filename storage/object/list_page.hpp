// A page of a list of objects.
#pragma once

#include <string>
#include <vector>

#include "storage/store.hpp"

namespace pgark::storage::object {

struct ListPage {
  std::vector<ObjectInfo> objects;  // whole keys
  std::string next;                 // what asks for the next page; empty: that was the last one
};

}  // namespace pgark::storage::object
