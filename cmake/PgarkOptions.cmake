# Compiler settings shared by every target.
option(PGARK_TESTS "Build the test programs" ON)
option(PGARK_BENCH "Build the benchmarks" OFF)
option(PGARK_FUZZ "Build only the pure layers and their libFuzzer targets (needs clang)" OFF)
set(PGARK_SANITIZE "" CACHE STRING "Sanitizers, as given to -fsanitize= (address,undefined or thread)")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(PGARK_CCACHE ccache)
if(PGARK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PGARK_CCACHE})
endif()
find_program(PGARK_LLD ld.lld)
if(PGARK_LLD)
  add_link_options(-fuse-ld=lld)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False positives of g++ 12 around inlined std::string and coroutine frames.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
                      -Wno-mismatched-new-delete)
endif()
if(PGARK_SANITIZE)
  add_compile_options(-fsanitize=${PGARK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PGARK_SANITIZE})
  if(PGARK_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences, which the sanitizer does not model; its queues are guarded by mutexes as well.
    add_compile_options(-Wno-tsan)
  endif()
endif()
if(PGARK_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
