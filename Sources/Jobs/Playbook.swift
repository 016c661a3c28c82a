import YAML

/// A playbook for ansible-playbook(1), with what every Ansible has: a part on each host, saved there, and brought here.
///
/// What a user wrote stands in commands for the shell only, quoted so that Jinja finds none of its marks in it; what differs from host to host comes
/// by the environment.
public struct Playbook: Sendable {
    public let text: String

    /// - Parameters:
    ///   - folder: where what the hosts have saved in `job.folder` is brought to, with its whole path.
    public init(_ job: FleetJob, collectingIn folder: String) {
        let work = job.shellText(shard: #""$VETHMARK_SHARD""#, host: #""$VETHMARK_HOST""#, ShellWords.joinedForTemplate)
        let (there, here) = (ShellWords.joinedForTemplate([job.folder]), ShellWords.joinedForTemplate([folder]))
        // Not `tar -C`, which takes backslashes in a folder's name for escapes.
        let tasks = [
            Self.shell("Measure", work, ["VETHMARK_HOST": "{{ inventory_hostname }}"].merging(Self.shards(job)) { $1 }),
            Self.temporary("A file for what was saved", "archive", "file"),
            Self.shell("Pack it", "CDPATH= cd -- \(there) && tar -cf \"$ARCHIVE\" .", ["ARCHIVE": "{{ archive.path }}"]),
            Self.temporary("A folder for it here", "place", "directory", isHere: true),
            YamlText.map([
                "name": YamlText.word("Bring it here"),
                "ansible.builtin.fetch": YamlText.map([
                    "src": YamlText.quoted("{{ archive.path }}"), "dest": YamlText.quoted("{{ place.path }}/archive.tar"),
                    "flat": YamlText.flag(true)
                ])
            ]),
            Self.shell(
                "Unpack it", "mkdir -p \(here) && cd \(here) && tar -xf \"$PLACE\"/archive.tar && rm -r \"$PLACE\"",
                ["PLACE": "{{ place.path }}"], isHere: true),
            Self.shell("Clear up", "rm \"$ARCHIVE\"", ["ARCHIVE": "{{ archive.path }}"])
        ]
        text = YAMLWriter.text([
            YamlText.list([
                YamlText.map([
                    "name": YamlText.quoted(job.name), "hosts": YamlText.list(job.hosts.map(YamlText.quoted)),
                    "gather_facts": YamlText.flag(false),
                    "tasks": YamlText.list(tasks)
                ])
            ])
        ])
    }

    /// Which host has which share: told by their whole list, so that the same host has the same share when the playbook is run for some of them only.
    private static func shards(_ job: FleetJob) -> [String: String] {
        guard case .shares(let count) = job.division else { return [:] }
        let names = job.hosts.map { "'\($0)'" }.joined(separator: ", ")
        return ["VETHMARK_SHARD": "{{ [\(names)].index(inventory_hostname) + 1 }}/\(count)"]
    }

    /// What becomes root on hosts needn't be able to here.
    private static func placed(_ pairs: [(String, YAMLNode)], isHere: Bool) -> YAMLNode {
        let here = isHere ? [("delegate_to", YamlText.word("localhost")), ("become", YamlText.flag(false))] : []
        return YamlText.map(pairs + here)
    }

    private static func shell(_ name: String, _ command: String, _ environment: [String: String], isHere: Bool = false) -> YAMLNode {
        placed(
            [
                ("name", YamlText.word(name)), ("ansible.builtin.shell", YamlText.map(["cmd": YamlText.lines(command)])),
                ("environment", YamlText.map(environment.sorted { $0.key < $1.key }.map { ($0.key, YamlText.quoted($0.value)) }))
            ], isHere: isHere)
    }

    private static func temporary(_ name: String, _ register: String, _ state: String, isHere: Bool = false) -> YAMLNode {
        placed(
            [
                ("name", YamlText.word(name)),
                ("ansible.builtin.tempfile", YamlText.map(["state": YamlText.word(state), "prefix": YamlText.word("vethmark-")])),
                ("register", YamlText.word(register))
            ], isHere: isHere)
    }
}
