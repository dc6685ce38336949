# SPDX-License-Identifier: BSD-2-Clause
# Debian 12 packages; each missing one is named with the package that brings it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(bpfsnoop_need target module package)
	pkg_check_modules(${target} IMPORTED_TARGET ${module})
	if(NOT ${target}_FOUND)
		message(FATAL_ERROR "${module} not found; install ${package} (./scripts/setup.sh does)")
	endif()
	set(${target}_VERSION "${${target}_VERSION}" PARENT_SCOPE)
endfunction()

bpfsnoop_need(LIBBPF "libbpf>=1.1" libbpf-dev)
bpfsnoop_need(LIBELF libelf libelf-dev)
bpfsnoop_need(ZLIB zlib zlib1g-dev)
bpfsnoop_need(CAPSTONE capstone libcapstone-dev)
bpfsnoop_need(LIBPCAP libpcap libpcap-dev)
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
	bpfsnoop_need(CMOCKA cmocka libcmocka-dev)
endif()

find_library(BFD_LIBRARY bfd)
find_path(BFD_INCLUDE_DIR bfd.h)
if(NOT BFD_LIBRARY OR NOT BFD_INCLUDE_DIR)
	message(FATAL_ERROR "libbfd not found; install binutils-dev (./scripts/setup.sh does)")
endif()
find_program(BPF_CLANG NAMES clang clang-14 REQUIRED)
find_program(BPFTOOL NAMES bpftool PATHS /usr/sbin)
