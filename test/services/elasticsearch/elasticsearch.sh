#!/usr/bin/env bash
# Runs a real Elasticsearch server: Elastic's minimal distribution from the configured Maven repository.
# See `elasticsearch.sh help`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../lib/common.sh
. "$here/../lib/common.sh"

usage() {
  cat <<'TXT'
usage: elasticsearch.sh COMMAND [options]

  fetch                    unpack the server into the cache, start nothing
  start                    start a node (or a cluster), wait until its health is green or yellow
      --port N             HTTP port of node 1; node K listens on N+K-1 (9200)
      --data DIR           all state: data, logs, certificates, pid files
      --auth               user elastic, password beckon-test
      --tls                TLS on the HTTP port (implies --auth); the CA is DIR/tls/ca.pem
      --nodes N            a cluster of N nodes on 127.0.0.1 (1)
      --version V          8.19.21 (see pom.xml) or 9.5.3
      --timeout S          give up after that many seconds (180)
  stop   [--data DIR] [--node K] [--kill]    stop all nodes, or node K; --kill uses SIGKILL
  revive [--data DIR] --node K [--timeout S] start node K again after stop --node K
  status [--data DIR] [--json]               exit code 0 when every node answers
  clean  [--data DIR]                        stop and delete DIR

environment
  BECKON_SERVICES_HOME   cache and default data (~/.cache/beckon-services)
  BECKON_JAVA            the java binary to use (8.19: 17-25, 9.x: 21-26; searched for otherwise)
  ELASTICSEARCH_VERSION  the default of --version
  ELASTICSEARCH_HEAP     heap of one node (512m alone, 384m in a cluster)
TXT
}

command=${1:-help}
[ $# -gt 0 ] && shift
port=9200 data= auth=no tls=no nodes=1 node= hard=no json=no timeout=180
pinned=$(sed -n 's:.*<elasticsearch.version>\(.*\)</elasticsearch.version>.*:\1:p' "$here/pom.xml")
version=${ELASTICSEARCH_VERSION:-$pinned}
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=${2:?}; shift 2 ;;
    --data) data=${2:?}; shift 2 ;;
    --nodes) nodes=${2:?}; shift 2 ;;
    --node) node=${2:?}; shift 2 ;;
    --version) version=${2:?}; shift 2 ;;
    --timeout) timeout=${2:?}; shift 2 ;;
    --auth) auth=yes; shift ;;
    --tls) tls=yes auth=yes; shift ;;
    --kill) hard=yes; shift ;;
    --json) json=yes; shift ;;
    *) usage >&2; die "unknown option $1" ;;
  esac
done

home=$(services_home)
data=${data:-$home/data/elasticsearch}
password=beckon-test
# What a start leaves for the other commands.
state='port nodes auth tls version'

dist() { printf '%s/elasticsearch/%s/elasticsearch-%s' "$home" "$version" "$version"; }
http_port() { printf '%d' $((port + $1 - 1)); }
transport_port() { printf '%d' $((port + 100 + $1 - 1)); }
scheme() { if [ "$tls" = yes ]; then echo https; else echo http; fi; }

need_tools() {
  local min max
  case $version in
    8.*) min=17 max=25 ;;
    *) min=21 max=26 ;;
  esac
  java=$(find_java "$min" "$max") \
    || die "Elasticsearch $version needs JDK $min to $max; set BECKON_JAVA or JAVA_HOME"
  # The real home of that JDK: update-alternatives and the PATH hand out links.
  java=$(readlink -f "$java" 2>/dev/null || echo "$java")
  java_home=$(cd "$(dirname "$java")/.." && pwd)
  command -v curl >/dev/null 2>&1 || die "curl is needed"
  [ "$tls" = no ] || command -v openssl >/dev/null 2>&1 || die "--tls needs openssl"
}

# ---------------------------------------------------------------- the distribution

unpack() {
  local root=$home/elasticsearch/$version
  [ -f "$root/.complete" ] && return 0
  command -v mvn >/dev/null 2>&1 || die "mvn is needed to fetch the server"
  note "fetching Elasticsearch $version into $root"
  rm -rf "$root" "$root.part"
  mkdir -p "$root.part"
  mvn -q -B -Dstyle.color=never -f "$here/pom.xml" "-Delasticsearch.version=$version" \
    dependency:unpack-dependencies "-DoutputDirectory=$root.part" "-DmarkersDirectory=$root.part/.markers" \
    || die "mvn could not resolve the distribution of Elasticsearch $version"
  [ -f "$root.part/elasticsearch-$version/bin/elasticsearch" ] \
    || die "the distribution of $version has no bin/elasticsearch"
  chmod +x "$root.part/elasticsearch-$version"/bin/*
  touch "$root.part/.complete"
  mv "$root.part" "$root"
}

fetch() { with_lock "$home/elasticsearch/$version.lock" unpack; }

# ---------------------------------------------------------------- configuration

make_certificate() {
  local dir=$data/tls
  [ -f "$dir/ca.pem" ] && return 0
  mkdir -p "$dir"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
    -keyout "$dir/key.pem" -out "$dir/ca.pem.part" >/dev/null 2>&1 \
    || die "openssl could not make a certificate"
  mv "$dir/ca.pem.part" "$dir/ca.pem"
}

write_config() {
  local k=$1 dir conf seeds= names= other
  dir=$(node_dir "$k")
  conf=$dir/conf
  mkdir -p "$conf" "$dir/data" "$dir/logs" "$dir/tmp"
  for ((other = 1; other <= nodes; other++)); do
    seeds="$seeds${seeds:+, }\"127.0.0.1:$(transport_port "$other")\""
    names="$names${names:+, }\"node$other\""
  done
  cat >"$conf/elasticsearch.yml" <<YAML
cluster.name: beckon
node.name: node$k
path.data: "$dir/data"
path.logs: "$dir/logs"
path.repo: ["$data/repo"]
http.host: 127.0.0.1
http.port: $(http_port "$k")
transport.host: 127.0.0.1
transport.port: $(transport_port "$k")
cluster.routing.allocation.disk.threshold_enabled: false
action.destructive_requires_name: false
xpack.security.enabled: $([ "$auth" = yes ] && echo true || echo false)
YAML
  if [ "$nodes" -gt 1 ]; then
    printf 'discovery.seed_hosts: [%s]\n' "$seeds" >>"$conf/elasticsearch.yml"
    [ -d "$dir/data/_state" ] \
      || printf 'cluster.initial_master_nodes: [%s]\n' "$names" >>"$conf/elasticsearch.yml"
  else
    echo 'discovery.type: single-node' >>"$conf/elasticsearch.yml"
  fi
  if [ "$tls" = yes ]; then
    mkdir -p "$conf/tls"
    cp "$data/tls/key.pem" "$data/tls/ca.pem" "$conf/tls/"
    cat >>"$conf/elasticsearch.yml" <<'YAML'
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: tls/key.pem
xpack.security.http.ssl.certificate: tls/ca.pem
YAML
  fi
  cat >"$conf/log4j2.properties" <<'LOG'
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${sys:es.logs.base_path}${sys:file.separator}server.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
rootLogger.appenderRef.file.ref = file
LOG
  local heap
  if [ "$nodes" -gt 1 ]; then heap=${ELASTICSEARCH_HEAP:-384m}; else heap=${ELASTICSEARCH_HEAP:-512m}; fi
  cat >"$conf/jvm.options" <<JVM
-Xms$heap
-Xmx$heap
-XX:+UseSerialGC
-XX:-AlwaysPreTouch
-XX:-UsePerfData
-XX:+ExitOnOutOfMemoryError
-XX:ErrorFile=$dir/hs_err.log
-Djava.io.tmpdir=$dir/tmp
-Dbeckon.node=$dir
JVM
}

# ---------------------------------------------------------------- the server

# Elasticsearch refuses to run as root. A user namespace in which we are someone else satisfies it and keeps
# the files ours; where namespaces are not allowed, the files go to uid 65534 instead.
choose_user() {
  as_user=()
  [ "$(id -u)" = 0 ] || return 0
  if unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then
    as_user=(unshare --user --map-user=1000 --map-group=1000)
  elif command -v setpriv >/dev/null 2>&1 \
    && setpriv --reuid=65534 --regid=65534 --clear-groups test -r "$(dist)/bin/elasticsearch"; then
    chown -R 65534:65534 "$data"
    as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  else
    note "Elasticsearch does not run as root, and no other user can be taken on here"
    die "run this as an ordinary user, or put BECKON_SERVICES_HOME and --data where uid 65534 can read"
  fi
}

# The password of user elastic goes through the server's own keystore tool.
write_keystore() {
  local conf
  conf=$(node_dir "$1")/conf
  [ "$auth" = yes ] || return 0
  [ -f "$conf/elasticsearch.keystore" ] && return 0
  printf '%s' "$password" | env "ES_JAVA_HOME=$java_home" "ES_PATH_CONF=$conf" \
    ${as_user[@]+"${as_user[@]}"} bash "$(dist)/bin/elasticsearch-keystore" add -x -f bootstrap.password \
    >"$(node_dir "$1")/keystore.log" 2>&1 </dev/stdin && return
  cat "$(node_dir "$1")/keystore.log" >&2
  die "the keystore could not be written"
}

launch() {
  local k=$1 dir
  dir=$(node_dir "$k")
  rm -f "$dir/logs/server.log" "$dir/pid"
  write_keystore "$k"
  (
    cd "$dir"
    # exec: the launcher keeps this pid; it starts the server as its child and ends after it.
    "${detach[@]}" env -u JAVA_HOME \
      "ES_JAVA_HOME=$java_home" "ES_PATH_CONF=$dir/conf" "ES_TMPDIR=$dir/tmp" ES_JAVA_OPTS= \
      ${as_user[@]+"${as_user[@]}"} bash "$(dist)/bin/elasticsearch" -d -p "$dir/pid" \
      >"$dir/launcher.log" 2>&1 </dev/null &
    echo $! >"$dir/launcher.pid"
  )
}

http_get() {
  local k=$1 path=$2
  local -a args=(-s -f --max-time 10)
  [ "$auth" = yes ] && args+=(-u "elastic:$password")
  [ "$tls" = yes ] && args+=(--cacert "$data/tls/ca.pem")
  curl "${args[@]}" "$(scheme)://127.0.0.1:$(http_port "$k")$path"
}

probe() {
  node_alive "$1" && http_get "$1" '/_cluster/health?wait_for_status=yellow&timeout=1s' >/dev/null 2>&1
}

fail_with_log() {
  local k=$1 reason=$2
  note "---- last lines of $(node_dir "$k")/launcher.log and logs/server.log"
  tail -n 15 "$(node_dir "$k")/launcher.log" >&2 || true
  tail -n 25 "$(node_dir "$k")/logs/server.log" >&2 2>/dev/null || true
  note "----"
  die "node $k: $reason"
}

wait_for() {
  local k=$1 until=$2 gone=0 grace=8
  while ! probe "$k"; do
    if [ -s "$(node_dir "$k")/pid" ]; then
      alive "$(pid_of "$k")" || fail_with_log "$k" "the server ended before it answered"
    elif ! alive "$(cat "$(node_dir "$k")/launcher.pid")"; then
      gone=$((gone + 1))
      [ "$gone" -lt "$grace" ] || fail_with_log "$k" "the server ended before it answered"
    fi
    [ "$SECONDS" -lt "$until" ] \
      || fail_with_log "$k" "no answer on $(scheme)://127.0.0.1:$(http_port "$k") within ${timeout} s"
    sleep 0.25
  done
}

# ---------------------------------------------------------------- commands

report() {
  local k urls=
  for ((k = 1; k <= nodes; k++)); do urls="$urls${urls:+,}$(scheme)://127.0.0.1:$(http_port "$k")"; done
  if [ "$json" = yes ]; then
    printf '{"version":"%s","nodes":["%s"],"auth":%s,"ca":%s,"pids":[' "$version" "${urls//,/\",\"}" \
      "$([ "$auth" = yes ] && echo "{\"username\":\"elastic\",\"password\":\"$password\"}" || echo null)" \
      "$([ "$tls" = yes ] && echo "\"$data/tls/ca.pem\"" || echo null)"
    for ((k = 1; k <= nodes; k++)); do
      printf '%s%s' "$([ "$k" -gt 1 ] && echo ,)" "$(pid_of "$k" | grep . || echo null)"
    done
    printf ']}\n'
    return
  fi
  echo "Elasticsearch $version"
  echo "nodes: $urls"
  if [ "$auth" = yes ]; then echo "user: elastic, password: $password"; fi
  if [ "$tls" = yes ]; then echo "CA file: $data/tls/ca.pem"; fi
}

end_launchers() {
  local k
  for ((k = 1; k <= nodes; k++)); do
    node_alive "$k" && stop_pid "$(pid_of "$k")" 5
    local launcher
    launcher=$(cat "$(node_dir "$k")/launcher.pid" 2>/dev/null || true)
    alive_as "$launcher" elasticsearch && stop_pid "$launcher" 5
  done
  return 0
}

start() {
  case $nodes in [1-9]) ;; *) die "--nodes takes 1 to 9" ;; esac
  local k want="$port $nodes $auth $tls $version"
  mkdir -p "$data"
  data=$(cd "$data" && pwd)
  if read_state; then
    for ((k = 1; k <= nodes; k++)); do
      if node_alive "$k"; then die "node $k already runs with this data directory ($data); stop it first"; fi
    done
    local had="$nodes $auth $version"
    read -r port nodes auth tls version <<<"$want"
    [ "$had" = "$nodes $auth $version" ] \
      || die "$data was made with other --nodes, --auth or --version; use another directory or 'clean'"
  fi
  need_tools
  fetch
  for ((k = 1; k <= nodes; k++)); do
    port_open 127.0.0.1 "$(http_port "$k")" && die "127.0.0.1:$(http_port "$k") is already in use"
    port_open 127.0.0.1 "$(transport_port "$k")" && die "127.0.0.1:$(transport_port "$k") is already in use"
  done
  [ "$tls" = yes ] && make_certificate
  mkdir -p "$data/repo"
  write_state
  for ((k = 1; k <= nodes; k++)); do write_config "$k"; done
  choose_user
  local until=$((SECONDS + timeout))
  trap 'note "stopping what was started"; end_launchers' EXIT
  for ((k = 1; k <= nodes; k++)); do launch "$k"; done
  for ((k = 1; k <= nodes; k++)); do wait_for "$k" "$until"; done
  trap - EXIT
  note "up after $SECONDS s"
  report
}

stop() {
  local k failed=no
  read_state || { note "nothing was started with $data"; return 0; }
  for ((k = 1; k <= nodes; k++)); do
    [ -z "$node" ] || [ "$node" = "$k" ] || continue
    node_alive "$k" || continue
    if [ "$hard" = yes ]; then kill -9 "$(pid_of "$k")"; else kill "$(pid_of "$k")"; fi
  done
  for ((k = 1; k <= nodes; k++)); do
    [ -z "$node" ] || [ "$node" = "$k" ] || continue
    if node_alive "$k"; then stop_pid "$(pid_of "$k")" 20 || failed=yes; fi
    rm -f "$(node_dir "$k")/pid"
  done
  [ "$failed" = no ] || die "a node would not end"
  echo "stopped"
}

revive() {
  [ -n "$node" ] || die "revive needs --node K"
  read_state || die "nothing was started with $data"
  node_alive "$node" && die "node $node runs already"
  need_tools
  write_config "$node"
  choose_user
  launch "$node"
  wait_for "$node" $((SECONDS + timeout))
  echo "node $node is back after $SECONDS s: $(scheme)://127.0.0.1:$(http_port "$node")"
}

case $command in
  fetch) need_tools; fetch; dist; echo ;;
  start) start ;;
  stop) stop ;;
  revive) revive ;;
  status) status ;;
  clean)
    stop
    rm -rf -- "${data:?}"/node[1-9] "${data:?}"/tls "${data:?}"/repo "${data:?}"/cluster.env
    rmdir -- "$data" 2>/dev/null || true
    ;;
  help|-h|--help) usage ;;
  *) usage >&2; die "unknown command $command" ;;
esac
