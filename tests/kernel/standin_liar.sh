#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A stand-in for the tracer: says it runs, shows a well-formed event with wrong values and a closing
# ledger, and succeeds. No case may pass with it.
echo 'bpfsnoop is running..' >&2
now=$(date +%H:%M:%S).000000001
echo "← tcp_connect args=((struct sock *)sk=0xffff888100dead00) retval=(int)-22(EINVAL) cpu=0 process=(1:init) timestamp=$now"
echo
echo 'bpfsnoop: 1 calls, 1 shown, 0 filtered, 0 lost, 0 missed, in 0.1s' >&2
exit 0
