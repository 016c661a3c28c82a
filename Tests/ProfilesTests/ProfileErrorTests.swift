import Plans
import Testing

@testable import Profiles

/// Each case is a profile and the very lines that the user gets to read.
@Suite struct ProfileErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var lines: [String]
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ lines: String...) {
            self.name = name
            self.text = text
            self.lines = lines
        }
    }

    private static let sizes = "one or more sizes from 64 to 65561, as in 64, [64, 512, 1518], 64:7,1518:1, 64-1518 or imix"
    private static let known = "schema, description, link, frame, load, transmit, receive, run, sweep, replay, capture"

    static let shapes: [Case] = [
        Case("empty", "", "t.yaml: the profile is empty; it needs at least one of \(known)"),
        Case("blank", "\n  \n", "t.yaml: the profile is empty; it needs at least one of \(known)"),
        Case("comments only", "# nothing\n", "t.yaml: the profile is empty; it needs at least one of \(known)"),
        Case("null", "---\n~\n", "t.yaml: the profile is empty; it needs at least one of \(known)"),
        Case(
            "list at the top", "- frame\n- load\n",
            "t.yaml:1:1: a profile must be a mapping with \(known), but this is a list"),
        Case(
            "text at the top", "hello\n",
            "t.yaml:1:1: a profile must be a mapping with \(known), but this is 'hello'"),
        Case(
            "list for a section", "frame:\n  - size: 64\n",
            "t.yaml:2:3: frame is a list but must be a mapping, as in frame: {destination-ip: 198.18.7.1}"),
        Case(
            "word for a section", "load: max\n",
            "t.yaml:1:7: load is 'max' but must be a mapping, as in load: {count: 1M}"),
        Case(
            "list as a key", "? [a, b]\n: 1\n", "t.yaml:1:3: has a key that is a list but must be a word"),
        Case("null as a key", "run:\n  ~: 1\n", "t.yaml:2:3: run has a key that is empty but must be a word"),
        Case(
            "another schema", "schema: vethmark.profile/2\n",
            "t.yaml:1:9: schema is 'vethmark.profile/2' but must be vethmark.profile/1"),
        Case("list for the description", "description: [a]\n", "t.yaml:1:14: description is a list but must be a text")
    ]

    static let unknownKeys: [Case] = [
        Case(
            "section", "fraem:\n  size: 64\n",
            "t.yaml:1:1: fraem is not a key that profiles have; did you mean 'frame'?"),
        Case(
            "swapped letters", "frame:\n  szie: 64\n",
            "t.yaml:2:3: frame.szie is not a key that profiles have; did you mean 'size'?"),
        Case(
            "underscore", "transmit:\n  ring_slots: 64\n",
            "t.yaml:2:3: transmit.ring_slots is not a key that profiles have; did you mean 'ring-slots'?"),
        Case(
            "camel case", "frame:\n  udpChecksum: true\n",
            "t.yaml:2:3: frame.udpChecksum is not a key that profiles have; did you mean 'udp-checksum'?"),
        Case(
            "at the top", "size: 64\n",
            "t.yaml:1:1: size is not a key that profiles have; 'size' belongs under 'frame:'"),
        Case(
            "in another section", "link:\n  repeats: 3\n",
            "t.yaml:2:3: link.repeats is not a key that profiles have; 'repeats' belongs under 'run:'"),
        Case(
            "like nothing", "run:\n  elephants: 3\n",
            "t.yaml:2:3: run.elephants is not a key that profiles have; allowed are repeats, interval, seed, latency, name")
    ]

    static let values: [Case] = [
        Case(
            "size", "frame:\n  size: big\n",
            "t.yaml:2:9: frame.size is 'big' but must be \(sizes)"),
        Case(
            "MAC", "frame:\n  source-mac: 02:00:00\n",
            "t.yaml:2:15: frame.source-mac is '02:00:00' but must be a MAC address, as in 02:00:00:00:00:01"),
        Case(
            "IP", "frame:\n  source-ip: 198.18.0.256\n",
            "t.yaml:2:14: frame.source-ip is '198.18.0.256' but must be an IP address, as in 198.18.0.1 or 2001:2::1"),
        Case(
            "name, nearly", "transmit:\n  engine: rign\n",
            "t.yaml:2:11: transmit.engine is 'rign' but must be auto, ring, gso, mmsg, af-xdp, xdp or null; did you mean 'ring'?"),
        Case(
            "name, not at all", "transmit:\n  layout: diagonal\n",
            "t.yaml:2:11: transmit.layout is 'diagonal' but must be linear or fragments"),
        Case(
            "truth", "link:\n  gro: maybe\n", "t.yaml:2:8: link.gro is 'maybe' but must be true or false"),
        Case(
            "fraction for a number", "transmit:\n  threads: 1.5\n",
            "t.yaml:2:12: transmit.threads is '1.5' but must be 1 to 256"),
        Case(
            "number beyond its type", "frame:\n  source-port: 65536\n",
            "t.yaml:2:16: frame.source-port is '65536' but must be 0 to 65535"),
        Case(
            "number beyond all types", "run:\n  repeats: 99999999999999999999999\n",
            "t.yaml:2:12: run.repeats is '99999999999999999999999' but must be 1 to 10000"),
        Case(
            "rate without a unit", "load:\n  rate: 100\n",
            "t.yaml:2:9: load.rate is '100', which has no unit, but must be max, 1.5mpps, 500kpps, 100pps, 5gbps, "
                + "100mbps (layer 2) or 23% of the line rate"),
        Case(
            "negative duration", "load:\n  time: -5s\n",
            "t.yaml:2:9: load.time is '-5s', which is negative, but must be 10, 10s, 500ms, 250us, 100ns, 3m or 1h; "
                + "a number alone means seconds"),
        Case(
            "decimal kilobytes", "receive:\n  block-size: 128kB\n",
            "t.yaml:2:15: receive.block-size is '128kB', which has the unknown unit 'kb', but must be bytes, "
                + "as in 4096, 128KiB, 2MiB or 1GiB"),
        Case(
            "part of a millisecond", "receive:\n  retire: 1500us\n",
            "t.yaml:2:11: receive.retire is '1500us' but must be 1ms to 1000ms, in whole milliseconds"),
        Case(
            "one of a list", "frame:\n  vlans:\n    - 100\n    - green\n",
            "t.yaml:4:7: frame.vlans is 'green' but must be a list of VLAN ids, each 1 to 4094"),
        Case(
            "one of a text with commas", "transmit:\n  cpus: 0,x\n",
            "t.yaml:2:9: transmit.cpus is 'x' but must be a list of CPU numbers, one for each worker, as in [0, 2]"),
        Case(
            "nothing behind a comma", "frame:\n  vlans: 1,\n",
            "t.yaml:2:10: frame.vlans is '' but must be a list of VLAN ids, each 1 to 4094"),
        Case(
            "list in a list", "transmit:\n  cpus: [[0]]\n",
            "t.yaml:2:10: transmit.cpus is a list but must be a list of CPU numbers, one for each worker, as in [0, 2]"),
        Case(
            "several lines of text", "frame:\n  size: |\n    a\n    b\n",
            "t.yaml:2:9: frame.size is 'a b ' but must be \(sizes)")
    ]

    static let notYAML: [Case] = [
        Case(
            "tab", "frame:\n\tsize: 64\n",
            "t.yaml:2:1: this is not valid YAML: found character that cannot start any token "
                + "(while scanning for the next token that starts in line 2)"),
        Case(
            "open bracket", "transmit:\n  cpus: [0, 1\n",
            "t.yaml:3:1: this is not valid YAML: did not find expected ',' or ']' "
                + "(while parsing a flow sequence that starts in line 2)"),
        Case(
            "two documents", "run: {seed: 1}\n---\nrun: {seed: 2}\n",
            "t.yaml:2:1: this is not valid YAML: but found another document "
                + "(expected a single document in the stream that starts in line 1)"),
        Case(
            "unknown alias", "run: *gone\n", "t.yaml:1:6: this is not valid YAML: found undefined alias"),
        Case(
            "control character", "run:\n  seed: \u{1}\n",
            "t.yaml:2:9: this is not valid YAML: control characters are not allowed"),
        Case(
            "lists in lists", "run: " + String(repeating: "[", count: 200),
            "t.yaml:1:105: there are more than 100 nodes within each other; write it with fewer"),
        Case(
            "the same key twice", "frame:\n  size: 64\n  network: ipv4\n  size: 128\n",
            "t.yaml:2:3: the key 'size' stands twice in the same mapping, here and in line 4; keep one of them"),
        Case(
            "the same key twice in a flow", "frame: {size: 64, size: 128}\n",
            "t.yaml:1:9: the key 'size' stands twice in the same mapping; keep one of them"),
        Case(
            "the same section twice", "run:\n  seed: 1\nload:\n  rate: max\nrun:\n  seed: 2\n",
            "t.yaml:1:1: the key 'run' stands twice in the same mapping, here and in line 5; keep one of them")
    ]

    static let several = Case(
        "all problems at once", "frame:\n  size: big\n  dcsp: 1\nload:\n  rate: 5\nbogus: 1\n",
        "t.yaml:2:9: frame.size is 'big' but must be \(sizes)",
        "t.yaml:3:3: frame.dcsp is not a key that profiles have; did you mean 'dscp'?",
        "t.yaml:5:9: load.rate is '5', which has no unit, but must be max, 1.5mpps, 500kpps, 100pps, 5gbps, "
            + "100mbps (layer 2) or 23% of the line rate",
        "t.yaml:6:1: bogus is not a key that profiles have; allowed are \(known)")

    @Test(arguments: shapes + unknownKeys + values + notYAML + [several])
    func saysWhatIsWrongAndWhere(_ sample: Case) {
        let error = #expect(throws: ProfileError.self) { try ProfileLoader.parse(sample.text, file: "t.yaml") }
        #expect(error?.description == sample.lines.joined(separator: "\n"))
    }

    @Test func aHeadingWithoutKeysSaysNothing() throws {
        let profile = try ProfileLoader.parse("link:\n  # mtu: 9000\nrun: {seed: 7}\n", file: "t.yaml")
        #expect(profile.draft.link == PlanDraft.Link())
        #expect(profile.draft.run.seed == 7)
    }

    @Test func schemaAndDescriptionAreRead() throws {
        let profile = try ProfileLoader.parse(
            "schema: vethmark.profile/1\ndescription: two words\n", file: "t.yaml")
        #expect(profile.description == "two words")
        #expect(profile.draft == PlanDraft())
    }
}
