# SPDX-License-Identifier: BSD-2-Clause
# `cmake --build BUILD --target uninstall` removes what the last install wrote.
add_custom_target(uninstall
	COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
		-P ${CMAKE_SOURCE_DIR}/cmake/RunUninstall.cmake)
