// --map-owner: roles by other names, everywhere in a table of contents. Pure.
#pragma once

#include <vector>

#include "restore/adapt/adaptation.hpp"

namespace pgark::restore {

// Errors: usage.
Result<> map_roles(format::Toc& toc, const RestoreOptions& options, std::vector<AdaptationNote>& notes);

}  // namespace pgark::restore
