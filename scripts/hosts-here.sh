#!/usr/bin/env bash
# Several hosts on this machine alone, as root: network namespaces, joined by a bridge. It is for trying MPI over a network
# of a given bandwidth:
#
#   scripts/hosts-here.sh start N RATE    makes 10.77.0.1 to 10.77.0.N, each sending and receiving at RATE (1gbit, say)
#   scripts/hosts-here.sh mpirun N …      calls Open MPI's mpirun with a process on each of them
#   scripts/hosts-here.sh stop            takes them away
#
# On Debian: apt-get install iproute2 openmpi-bin.
set -euo pipefail

BRIDGE=unetpp0
NETWORK=10.77.0

start() {
  local count=$1 rate=$2
  # A burst of 1 MB is what leaves at once; without it, the kernel's timer would bound the rate.
  local limit=(root tbf rate "$rate" burst 1mb latency 50ms)
  ip link add "$BRIDGE" type bridge
  ip link set "$BRIDGE" up
  for ((k = 1; k <= count; k++)); do
    ip netns add "unetpp$k"
    ip link add "unetpp-b$k" type veth peer name eth0 netns "unetpp$k"
    ip link set "unetpp-b$k" master "$BRIDGE" up
    ip -n "unetpp$k" addr add "$NETWORK.$k/24" dev eth0
    ip -n "unetpp$k" link set eth0 up
    ip -n "unetpp$k" link set lo up
    ip netns exec "unetpp$k" tc qdisc add dev eth0 "${limit[@]}"
    tc qdisc add dev "unetpp-b$k" "${limit[@]}"
  done
}

# Stands for ssh, which mpirun calls as `agent HOST COMMAND…`.
agent() {
  local host=$1
  shift
  exec ip netns exec "unetpp${host##*.}" sh -c "$*"
}

start_processes() {
  local count=$1 hosts
  shift
  hosts=$(seq -s , -f "$NETWORK.%g:1" "$count")
  exec ip netns exec unetpp1 mpirun --allow-run-as-root --bind-to none -np "$count" -host "$hosts" \
    --mca plm_rsh_agent "$(realpath "$0") agent" --mca btl tcp,self \
    --mca btl_tcp_if_include "$NETWORK.0/24" --mca oob_tcp_if_include "$NETWORK.0/24" "$@"
}

stop() {
  for name in $(ip netns list | grep -o '^unetpp[0-9]*'); do ip netns del "$name"; done
  ip link del "$BRIDGE"
}

case ${1:-} in
  start | agent) "$@" ;;
  mpirun) start_processes "${@:2}" ;;
  stop) stop ;;
  *) sed -n 's/^#   //p' "$0" >&2 && exit 2 ;;
esac
