// The PostgreSQL majors that tests run against, and where their programs are.
//
// Debian's servers come from /usr/lib/postgresql; those of the other majors are fetched, once, by
// scripts/fetch-servers. They bring no client programs: Cluster takes psql and pg_dump from Debian's.
// Not thread safe. Failures throw std::runtime_error.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "support/cluster.hpp"

namespace pgark::test {

// Every major that pgark knows, oldest first.
std::span<const int> known_majors();

// The folder with initdb and postgres of this major. Throws the one line that says why there is none.
std::filesystem::path server_programs(int major);

// A server of this major, with default options but for `options`.
std::unique_ptr<Cluster> start_server(int major, ClusterOptions options = {});

}  // namespace pgark::test
