#!/usr/bin/env bash
# Runs Slurm on this machine alone, as root, to try what docs/cluster.md says:
#
#   scripts/slurm-here.sh start DIR    starts munged, slurmctld and slurmd; SLURM_CONF=DIR/slurm.conf reaches them
#   scripts/slurm-here.sh stop DIR     ends them
#
# On Debian: apt-get install munge slurmctld slurmd slurm-client libpmix-dev (of which srun --mpi=pmix loads libpmix.so).
set -euo pipefail

start() {
  local dir=$1 host
  host=$(hostname -s)
  mkdir -p "$dir"/{state,spool}
  chmod 755 "$dir"
  cat >"$dir/slurm.conf" <<END
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmctldPidFile=$dir/slurmctld.pid
SlurmctldLogFile=$dir/slurmctld.log
StateSaveLocation=$dir/state
SlurmdPort=16818
SlurmdPidFile=$dir/slurmd.pid
SlurmdLogFile=$dir/slurmd.log
SlurmdSpoolDir=$dir/spool
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
  (umask 377 && head -c 1024 /dev/urandom >"$dir/munge.key")
  munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --seed-file="$dir/munge.seed" \
    --pid-file="$dir/munged.pid" --log-file="$dir/munged.log"
  export SLURM_CONF=$dir/slurm.conf
  slurmctld -c
  slurmd -N "$host"
  for _ in {1..60}; do
    [ "$(sinfo --noheader --format=%T)" = idle ] && return
    sleep 0.5
  done
  echo "Slurm does not answer; see $dir/slurmctld.log and $dir/slurmd.log" >&2
  exit 1
}

stop() {
  for name in slurmd slurmctld munged; do
    if [ -f "$1/$name.pid" ]; then kill "$(cat "$1/$name.pid")" || true; fi
  done
}

case ${1:-} in
  start | stop) "$1" "$(realpath "${2:?give a folder}")" ;;
  *) sed -n 's/^#   //p' "$0" >&2 && exit 2 ;;
esac
