# shellcheck shell=bash disable=SC2154  # sourced by run, which sets the names used here
# Apache Kafka: one node (KRaft), from the jars that deploy/kafka/pom.xml names.

settings=$checkout/deploy/kafka

# What is missing to start it, a sentence each.
kafka_needs() {
    local version
    version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    ((${version:-0} >= 17)) ||
        tell "Kafka needs Java 17 or later, and 'java' is ${version:-missing}: on Debian and Ubuntu install openjdk-17-jre-headless"
    kafka_has_jars || command -v mvn >/dev/null ||
        tell "Kafka's jars come by Maven, once, and 'mvn' is missing: on Debian and Ubuntu install maven"
}

# The first request of any client, ApiVersions (key 18, version 0); the answer carries the request's number, 7.
kafka_answers() {
    listens "$kafka_port" || return 1
    [[ $(ask "$kafka_port" '\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x07\xff\xff' 8) == *" 00 00 00 07" ]]
}

kafka_runs() { alive "$files/kafka/pid" "$files/kafka/server.properties"; }

kafka_start() {
    kafka_has_jars || kafka_fetch_jars
    make_place kafka
    kafka_properties | as_service tee "$files/kafka/server.properties" >/dev/null
    install -m 644 "$settings/log4j2.properties" "$files/jars/log4j2.properties"
    [[ -f $files/kafka/data/meta.properties ]] || kafka_format
    rm -f "$files/kafka/pid"
    # The shell in between notes its own id and becomes Kafka.
    # shellcheck disable=SC2016
    as_service setsid bash -c 'echo $$ >"$1"; exec java -Xms256m -Xmx512m -cp "$2" kafka.Kafka "$3"' kafka \
        "$files/kafka/pid" "$files/jars:$files/jars/*" "$files/kafka/server.properties" </dev/null >"$files/kafka.log" 2>&1 &
    while [[ ! -s $files/kafka/pid ]] && kill -0 $! 2>/dev/null; do sleep 0.05; done
    kafka_await
}

# Until it answers, or has died, or patience ends.
kafka_await() {
    local log=$files/kafka.log until=$((SECONDS + patience))
    until kafka_answers; do
        kafka_runs || fail "kafka ended while it was starting; its last words (all in $log):" "$(tail -n 8 "$log")"
        ((SECONDS < until)) || fail "kafka did not answer within $patience seconds; see $log"
        sleep 0.2
    done
}

kafka_stop() {
    local pid until=$((SECONDS + patience))
    pid=$(<"$files/kafka/pid")
    as_service kill "$pid"
    while kafka_runs; do
        ((SECONDS < until)) || as_service kill -KILL "$pid"
        sleep 0.2
    done
    rm -f "$files/kafka/pid"
}

kafka_version() { sed -n 's/.*<kafka.version>\(.*\)<.*/\1/p' "$settings/pom.xml"; }

kafka_has_jars() { [[ -f $files/jars/kafka_2.13-$(kafka_version).jar ]]; }

kafka_fetch_jars() {
    tell "fetching Apache Kafka $(kafka_version) by Maven (45 jars, 43 MB)"
    rm -rf "$files/jars" "$files/jars.new"
    mkdir -p "$files"
    mvn --quiet --batch-mode --no-transfer-progress --strict-checksums --file "$settings/pom.xml" \
        dependency:copy-dependencies -DincludeScope=runtime "-DoutputDirectory=$files/jars.new" >"$files/maven.log" 2>&1 ||
        fail "Maven could not fetch Kafka; its last words (all in $files/maven.log):" "$(tail -n 8 "$files/maven.log")"
    mv "$files/jars.new" "$files/jars"
}

kafka_properties() {
    local controller=127.0.0.1:$((kafka_port + 1))
    cat "$settings/server.properties" - <<END
listeners=PLAINTEXT://127.0.0.1:$kafka_port,CONTROLLER://$controller
controller.quorum.voters=1@$controller
log.dirs=$files/kafka/data
END
}

kafka_format() {
    local tool=(java -cp "$files/jars:$files/jars/*" kafka.tools.StorageTool) id
    id=$("${tool[@]}" random-uuid)
    as_service "${tool[@]}" format --cluster-id "$id" --config "$files/kafka/server.properties" >/dev/null
}
