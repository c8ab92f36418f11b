# PGARK_PORTABLE: a program that needs nothing but glibc at run time. Every other library is linked into it; fmt, of
# which Debian has no archive, is compiled into each object instead.
option(PGARK_PORTABLE "Link every library but glibc into the program" OFF)
set(PGARK_FMT fmt::fmt)
if(PGARK_PORTABLE)
  set(PGARK_FMT fmt::fmt-header-only)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  add_link_options(-static-libgcc -static-libstdc++)
endif()
