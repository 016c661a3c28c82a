import ArgumentParser
import Metrics

/// What `--help` says beyond the parser's own text: examples of every command, in the words that the documents use.
enum HelpText {
    /// Of the whole program, hidden ones left out.
    static var commandNames: [String] {
        Vethmark.configuration.subcommands.flatMap { [$0.configuration.commandName ?? ""] + $0.configuration.aliases } + ["help"]
    }

    /// Help with the examples of its command behind it; other texts as they are.
    static func complete(_ text: String) -> String {
        guard let command = usage(text), let examples = examples[command] else { return text }
        return text.withoutEnds(\.isNewline) + "\n\nEXAMPLES:\n" + examples.map { "  \($0)\n" }.joined().dropLast()
    }

    /// `vethmark run`, out of `USAGE: vethmark run [<profile>] …`.
    private static func usage(_ text: String) -> String? {
        guard let match = text.firstMatch(of: /(?m)^USAGE: (vethmark(?: [a-z][a-z0-9]*)*)/) else { return nil }
        return String(match.1)
    }

    /// Every long option of a command, as its help names them.
    static func options(of command: String) -> [String] {
        let words = command.split(separator: " ").dropFirst()
        guard
            let type = words.reduce(
                Vethmark.self as (any ParsableCommand.Type)?,
                { parent, word in
                    parent?.configuration.subcommands.first { $0.configuration.commandName == String(word) }
                })
        else { return [] }
        // An option stands at the begin of its line, behind its short name if it has one.
        let lines = Vethmark.helpMessage(for: type, columns: 1_000).split(separator: "\n")
        return lines.filter { $0.hasPrefix("  -") }.flatMap { line in
            line.prefix { $0 != "<" }.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.0) }
        }
    }

    static let examples: [String: [String]] = [
        "vethmark": [
            "vethmark                                     # a private pair, 64-byte frames, 5 s",
            "vethmark run -s 1518 -t 10                   # `vethmark run --help` has more",
            "vethmark probe                               # what works here, and what doesn't"
        ],
        "vethmark run": [
            "vethmark run -t 2                            # as fast as possible, for 2 s",
            "vethmark run -s imix -b 100kpps -t 10        # a steady rate: true response times",
            "vethmark run -b 1G -s 1518                   # a gigabit a second at layer 2",
            "vethmark run -s 9018 --mtu 9000 --repeats 5  # jumbo frames, medians of five trials",
            "vethmark run --repeats 5 --brief             # a line for each trial, and the answer",
            "vethmark run --tx veth0 --rx veth1@blue      # interfaces of your own",
            "vethmark run --engine xdp -P 2               # eBPF programs, two senders (root)",
            "vethmark run imix -o night --json            # a profile; saved in ./night as well",
            "vethmark run -b 20kpps --max-loss 1%         # exit 3 if more is lost: bounds for scripts",
            "vethmark run --json-stream -b 20kpps         # a line of JSON for each interval and event",
            "vethmark run -b 20kpps --report run.html     # with plots, for a browser",
            "vethmark run --dry-run --vlan 100            # the plan and its frames, nothing sent"
        ],
        "vethmark rerun": [
            "vethmark rerun before                        # the plan of a saved run once more",
            "vethmark rerun before -s 1518                # with other flags over it",
            "vethmark rerun before --brief                # a line for each trial, and the answer",
            "vethmark rerun before --dry-run              # what would be sent"
        ],
        "vethmark export": [
            "vethmark export before --as markdown         # a table for a pull request",
            "vethmark export before --as openmetrics      # for node_exporter's textfile collector",
            "vethmark export before after --as otava      # a row for each, for change points"
        ],
        "vethmark results": [
            "vethmark results                             # what was saved, the newest first",
            "vethmark results show before                 # its report again, as wide as the terminal",
            "vethmark results prune --keep 20 --dry-run   # what would be removed"
        ],
        "vethmark results list": ["vethmark results list --json                 # one object, for scripts"],
        "vethmark results show": ["vethmark results show before --brief          # the answer alone"],
        "vethmark across": [
            "vethmark across --tx eth1 --rx eth1 -b 100kpps --dry-run",
            "vethmark across --rank 0/2 --control 10.0.0.1 --tx eth1 --rx eth1 -b 100kpps   # on 10.0.0.1",
            "vethmark across --rank 1/2 --control 10.0.0.1 --tx eth1 --rx eth1 -b 100kpps   # on the other host",
            "vethmark across --pattern pairs --rank 3/8 --control 10.0.0.1 --tx eth1 --rx eth1 -t 5   # the fourth of eight hosts"
        ],
        "vethmark deploy": [
            "vethmark deploy --engine slurm --tasks 4 -o fleet sweep mtu > mtu.sbatch",
            "vethmark deploy --engine parallel --hosts n1,n2 -o fleet sweep mtu",
            "vethmark deploy --engine ansible --hosts n1,n2 --per-host -o fleet sweep mtu > mtu.yml",
            "vethmark deploy --engine kubernetes --tasks 4 --claim results -o fleet sweep mtu > mtu.yaml",
            "vethmark deploy --engine slurm --tasks 2 -o nodes run imix -b 20kpps"
        ],
        "vethmark results merge": [
            "vethmark results merge fleet                 # one result of all parts in a folder",
            "vethmark results merge fleet -o merged --json"
        ],
        "vethmark results prune": [
            "vethmark results prune --keep 20             # all but the 20 newest",
            "vethmark results prune --older-than 30d      # age counts from the run's begin"
        ],
        "vethmark results schema": [
            "vethmark results schema run                  # of one kind",
            "vethmark results schema                      # of all of them"
        ],
        "vethmark sweep": [
            "vethmark sweep --vary mtu=1500,9000 --vary size=64,1518    # four cells, six rounds of 1 s each",
            "vethmark sweep --vary queues=1,2 -P 2 --precision 2%       # until each median is that well known",
            "vethmark sweep --vary engine=ring,gso,mmsg -b 100kpps      # latency at the same load",
            "vethmark sweep --zip --vary mtu=1500,9000 --vary size=1518,9018",
            "vethmark sweep mtu --shard 1/4 -o fleet      # a quarter of the cells; others have theirs elsewhere",
            "vethmark sweep mtu --per-host -o fleet       # all of them, to be compared with other hosts"
        ],
        "vethmark tune": [
            "vethmark tune                                # most frames a second; some minutes",
            "vethmark tune -b 100kpps --for latency       # lowest p99 at a rate",
            "vethmark tune imix --for loss -b 500kpps --profile-out tuned.yaml"
        ],
        "vethmark bakeoff": [
            "vethmark bakeoff                             # all pairs, three rounds of 1 s each",
            "vethmark bakeoff -s 1518 --rounds 5 -t 2     # large frames, more rounds",
            "vethmark bakeoff --json                      # one object, for scripts"
        ],
        "vethmark capture": [
            "vethmark capture -- tcpdump -i {if} -w {file}",
            "vethmark capture -b 20kpps -t 1 -- dumpcap -i {if} -w {file}",
            "vethmark capture -t 1 --compare 'tcpdump -i {if} -w {file}' 'dumpcap -i {if} -w {file}'"
        ],
        "vethmark replay": [
            "vethmark replay frames.pcap                  # through a private pair, as fast as possible",
            "vethmark replay frames.pcapng --original     # each frame at its own time",
            "vethmark replay frames.pcap --speed 2 --loop 10",
            "vethmark replay frames.pcap -b 100kpps --stamp   # loss, order and latency frame by frame",
            "vethmark replay frames.pcap --tx veth0 --receiver none"
        ],
        "vethmark compare": [
            "vethmark compare before after                # two runs of --repeats 6 or more, saved with -o",
            "vethmark compare before after --threshold 5% # exit 3 if something is worse by more",
            "vethmark compare --ab '--mtu 1500' '--mtu 9000'  # both in turns, twelve rounds",
            "vethmark compare before after --markdown     # a table for a pull request",
            "vethmark compare merged --by host=n1,n2      # two hosts of a merged sweep, cell by cell"
        ],
        "vethmark report": [
            "vethmark report before                       # report.html: plots, tables, conditions",
            "vethmark report before after -o both.html    # two runs side by side, and each of them",
            "vethmark report before --svg plots           # every plot as a file of its own",
            "vethmark report before --markdown            # for a pull request; --csv for a spreadsheet"
        ],
        "vethmark profile": [
            "vethmark profile                             # what can be run by name",
            "vethmark profile show poisson                # its text, to read or to start from",
            "vethmark profile check imix jumbo            # all that is wrong, with file and line",
            "vethmark profile schema                      # JSON Schema, for editors and validators"
        ],
        "vethmark profile list": ["vethmark profile list --json                 # names, files, descriptions"],
        "vethmark profile show": ["vethmark profile show imix                   # its text, with remarks"],
        "vethmark profile check": ["vethmark profile check lab/night.yaml        # or names of profiles"],
        "vethmark profile schema": ["vethmark profile schema                      # draft 2020-12"],
        "vethmark search": [
            "vethmark search                              # ndr and pdr of a private pair, about a minute",
            "vethmark search --goal 0.1% -s 512           # another loss, larger frames",
            "vethmark search --goal 'ndr@p99<200us'       # no loss, and a latency to keep to",
            "vethmark search --method binary --goal ndr   # RFC 2544 section 26.1",
            "vethmark search --max-rate 300kpps --json    # no higher than that; one object, for scripts"
        ],
        "vethmark render": [
            "vethmark render imix                         # its frames in order, a line each",
            "vethmark render --modify sourcePort=inc:3 -V # every field of them",
            "vethmark render vlan -n 1000 -w vlan.pcapng  # a file for Wireshark"
        ],
        "vethmark rfc2544": [
            "vethmark rfc2544                             # seven sizes of a private pair, some minutes",
            "vethmark rfc2544 --sizes 64,1518 --json      # two of them; one object, for scripts"
        ],
        "vethmark rfc9004": [
            "vethmark rfc9004                             # seven sizes of a private pair",
            "vethmark rfc9004 --sizes 64 --rounds 20      # one of them, more repeats"
        ],
        "vethmark restore": [
            "vethmark restore                             # what killed runs left changed, in one line each"
        ],
        "vethmark probe": [
            "vethmark probe                               # yes, or why not and what helps",
            "vethmark probe --json                        # one object, for scripts"
        ],
        "vethmark link": [
            "vethmark link                                # interfaces, and who is paired with whom",
            "vethmark link add a@blue --peer b@green --up # a pair across two namespaces",
            "vethmark link set a@blue --mtu 9000",
            "vethmark link del a@blue                     # its peer goes with it"
        ],
        "vethmark link add": [
            "vethmark link add veth0 --up                 # veth0 and its peer veth0p",
            "vethmark link add a@blue --peer b@green --queues 4 --mtu 9000 --up"
        ],
        "vethmark link set": [
            "vethmark link set a@blue --up --mtu 9000",
            "vethmark link set a@blue --netns green --name c      # move it, and give it a name",
            "vethmark link set b@green --rx-queues 2 --no-tso --gro"
        ],
        "vethmark link show": [
            "vethmark link show --tree                    # all namespaces that can be seen",
            "vethmark link show a@blue -d                 # limits, channels, queues, features",
            "vethmark link show --json                    # the keys of `ip -d -j link show`"
        ],
        "vethmark link peer": [
            "vethmark link peer eth0 --netns 4711         # the host's end of a container's eth0"
        ],
        "vethmark link del": [
            "vethmark link del a@blue                     # its peer goes with it"
        ]
    ]
}
