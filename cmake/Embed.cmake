# SPDX-License-Identifier: BSD-2-Clause
# bpfsnoop_embed(OUT_S SYMBOL FILE): an assembly source that puts FILE into .rodata as
# SYMBOL, ending at SYMBOL_end.
function(bpfsnoop_embed out symbol file)
	file(WRITE ${out} "\t.section .rodata\n\t.balign 16\n\t.globl ${symbol}\n\t.globl ${symbol}_end\n\
${symbol}:\n\t.incbin \"${file}\"\n${symbol}_end:\n\t.byte 0\n\
\t.section .note.GNU-stack,\"\",@progbits\n")
	set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${file})
endfunction()
