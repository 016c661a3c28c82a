import ArgumentParser
import Kernel
import Plans

/// What is wrong with a command line, in one line: what was found, what is allowed, and what to do instead. Swift Argument Parser tells it
/// in a sentence of its own, a line of help and the usage.
struct UsageSentence: CustomStringConvertible {
    /// The parser's own sentence.
    let message: String
    /// The same with the usage, which names the command.
    let fullText: String
    let arguments: [String]

    var description: String {
        if let command = strangeCommand { return command }
        let sentence = sentence.split(whereSeparator: \.isNewline).joined(separator: " ")
        return sentence.contains(";") ? sentence : "\(sentence); see `\(command) --help`"
    }

    /// `vethmark run`, out of `See 'vethmark run --help' for more information.`
    private var command: String {
        guard let match = fullText.firstMatch(of: /See '(.+?) --help'/) else { return "vethmark" }
        return String(match.1)
    }

    // MARK: commands

    /// The default command takes an unknown word for a profile and stumbles over what comes behind it.
    private var strangeCommand: String? {
        guard let word = arguments.first, !word.hasPrefix("-"), !HelpText.commandNames.contains(word), command == "vethmark run",
            let near = Spelling.suggestion(for: word, among: HelpText.commandNames)
        else { return nil }
        return "there is no command '\(word.visible)'; did you mean `vethmark \(near)`?"
    }

    // MARK: options

    private var sentence: String {
        if let match = message.firstMatch(of: /^Unknown option '(.+?)'/) { return unknownOption(String(match.1)) }
        if let match = message.firstMatch(of: /^Missing value for '(\S+?)( <.*)?'/) { return "\(match.1) needs a value" }
        if let match = message.firstMatch(of: /^The value '(.*)' is invalid for '(\S+?)(?: <.*?>)?'(.*)$/.dotMatchesNewlines()) {
            return wrongValue(String(match.1), of: String(match.2), String(match.3))
        }
        if let match = message.firstMatch(of: /^The option '(\S+)' does not take any value, but '(.*)' was specified/) {
            return "\(match.1) takes no value, and '\(match.2)' is one; leave it out"
        }
        if let match = message.firstMatch(of: /^Missing expected argument '(.+)'/) { return "\(match.1) is missing" }
        if let match = message.firstMatch(of: /^Unexpected argument '(.*)'$/) {
            return "there is no place for '\(match.1)' behind `\(command)`"
        }
        return message.prefix(1).lowercased() + message.dropFirst()
    }

    private func unknownOption(_ name: String) -> String {
        let what = "\(name) is no option of `\(command)`"
        if let equivalent = Self.equivalents[command]?[name] { return "\(what); \(equivalent)" }
        // `-MTU` and `-time` are long names with a dash too few.
        let plain = "--" + name.drop { $0 == "-" }
        guard name.count > 2, let near = Spelling.suggestion(for: plain, among: HelpText.options(of: command)) else { return what }
        return "\(what); did you mean \(near)?"
    }

    private func wrongValue(_ value: String, of name: String, _ rest: String) -> String {
        // A name that stands in angle brackets is a positional argument's.
        let subject = name.hasPrefix("<") ? "" : name + ": "
        if rest.hasPrefix(": is '") { return "\(name) \(rest.dropFirst(2))" }
        if rest.hasPrefix(": ") { return subject + rest.dropFirst(2) }
        let allowed = rest.split(whereSeparator: { $0.isNewline || $0 == "'" || $0 == " " || $0 == "," || $0 == "." })
            .filter { !["Please", "provide", "one", "of", "or", "and", "the", "following:", "-"].contains($0) }
        let words = allowed.isEmpty ? "a whole number in its range" : allowed.dropLast().joined(separator: ", ") + " or " + allowed.last!
        return "\(name) is '\(value.visible)' but must be \(words)"
    }

    /// What other tools call it, and what a bakeoff has no use for.
    private static let equivalents: [String: [String: String]] = [
        "vethmark run": [
            "-i": "the time between lines of progress is -I, and interfaces are --tx and --rx", "-l": "the frame size is -s, with FCS",
            "-c": "the number of frames is -n, and the receiving end is --rx", "-u": "UDP is what is sent anyway; see --transport",
            "-4": "use --network ipv4, which is the default", "-6": "use --network ipv6",
            "-w": "the run is saved under results/; -o chooses",
            "--bandwidth": "use --rate", "--bitrate": "use --rate", "--parallel": "use --threads", "--length": "use --size",
            "--duration": "use --time", "--frames": "use --count", "--packets": "use --count",
            "--queues": "use --tx-queues and --rx-queues",
            "--interface": "use --tx and --rx", "--rounds": "use --repeats",
            "--profile": "write its name without an option: vethmark run imix"
        ],
        "vethmark bakeoff": [
            "--engine": "a bakeoff tries all engines; leave it out, or use `vethmark run`",
            "--receiver": "a bakeoff tries all receivers; leave it out, or use `vethmark run`",
            "--tx": "a bakeoff makes its own pairs; leave it out, or use `vethmark run`",
            "--rx": "a bakeoff makes its own pairs; leave it out, or use `vethmark run`",
            "--repeats": "use --rounds", "-o": "its result goes to standard output, with --json as one object",
            "--output": "its result goes to standard output, with --json as one object",
            "--no-save": "nothing of a bakeoff is saved; leave it out"
        ]
    ]
}
