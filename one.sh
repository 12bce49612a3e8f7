#!/usr/bin/env bash
# one.sh CORE NICE NAME args…
core=$1; n=$2; name=$3; shift 3
cd /work/evidence
exec nice -n $n taskset -c $core /root/.npm/_npx/387698761821791d/node_modules/node/bin/node /work/w-evid/apps/benchmark/dist/cli.js train --config ${CFG:-medium-validation.yaml} --resume --output /work/evidence/runs/$name "$@" > logs/$name.log 2>&1
