/* version.h: of this program; also written with each scan. */
#pragma once

#define SPNSCAN_VERSION "0.1.0"
