# SPDX-License-Identifier: BSD-2-Clause
# bpf_object(NAME SOURCE [DEPENDS ...]): clang builds SOURCE for the BPF target and the
# object is embedded as bpf_NAME .. bpf_NAME_end in library bpfobj_NAME.
include(Embed)

function(bpf_object name source)
	cmake_parse_arguments(B "" "" "DEPENDS" ${ARGN})
	set(obj ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
	add_custom_command(OUTPUT ${obj}
		COMMAND ${BPF_CLANG} -target bpf -mcpu=v3 -O2 -g -std=gnu17 -Wall -Wextra -Werror
			-Wno-unused-parameter -iquote ${CMAKE_SOURCE_DIR}
			-I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
			-fdebug-prefix-map=${CMAKE_SOURCE_DIR}=. -MD -MF ${obj}.d
			-c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${obj}
		DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${B_DEPENDS}
		DEPFILE ${obj}.d VERBATIM)
	set(asmfile ${CMAKE_CURRENT_BINARY_DIR}/${name}.embed.S)
	bpfsnoop_embed(${asmfile} bpf_${name} ${obj})
	add_library(bpfobj_${name} STATIC ${asmfile})
endfunction()
