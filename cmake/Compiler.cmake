# SPDX-License-Identifier: BSD-2-Clause
# Language level, warnings, sanitizers. `-Werror` only where the caller asks (CI does).
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(BPFSNOOP_SANITIZE "Build with ASan and UBSan" OFF)
option(BPFSNOOP_FUZZ "Build the fuzz targets (clang only)" OFF)
option(BPFSNOOP_WERROR "Warnings are errors" OFF)

if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# assert() guards our invariants and stays on in every build: no -DNDEBUG.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
# An event passes through every module once: a tenth of its instructions are calls between them.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
	include(CheckIPOSupported)
	check_ipo_supported(RESULT BPFSNOOP_IPO LANGUAGES C OUTPUT why_not)
	set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${BPFSNOOP_IPO})
endif()

add_library(bpfsnoop_flags INTERFACE)
target_compile_options(bpfsnoop_flags INTERFACE
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wundef
	-iquote ${CMAKE_SOURCE_DIR} -fno-strict-aliasing)
target_compile_definitions(bpfsnoop_flags INTERFACE _GNU_SOURCE)
if(BPFSNOOP_WERROR)
	target_compile_options(bpfsnoop_flags INTERFACE -Werror)
endif()
if(BPFSNOOP_SANITIZE)
	target_compile_options(bpfsnoop_flags INTERFACE
		-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
	target_link_options(bpfsnoop_flags INTERFACE -fsanitize=address,undefined)
endif()
if(BPFSNOOP_FUZZ)
	target_compile_options(bpfsnoop_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# bpfsnoop_module(NAME SOURCES... [DEPS ...]): one static library per directory.
function(bpfsnoop_module name)
	cmake_parse_arguments(M "" "" "SOURCES;DEPS" ${ARGN})
	add_library(${name} STATIC ${M_SOURCES})
	target_link_libraries(${name} PUBLIC bpfsnoop_flags ${M_DEPS})
endfunction()
