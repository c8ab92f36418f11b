// The one translation unit with the compiled parts of Asio's TLS layer (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>
