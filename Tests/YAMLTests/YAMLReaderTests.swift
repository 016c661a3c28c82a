import Foundation
import TestSupport
import Testing
import Yams

@testable import YAML

/// What is read, held to Yams, another reader over a libyaml of its own.
@Suite struct YAMLReaderTests {
    private static let pieces = [
        ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!x ", "? ", "|\n", ">-\n", "'", "\"", "#", " #", "\n", "\n  ", "\t",
        "\r\n",
        "---\n", "...\n", "%YAML 1.1\n", "<<: ", "~", "null", "-1", "\\x41", "\\q", "a", "bc", "é", "😀", "\u{2028}", "\u{FEFF}", "\u{0}",
        "\u{7F}",
        "key: value\n", "list:\n  - one\n  - two\n", "flow: {x: 1, y: [2, 3]}\n", "block: |\n  first\n   second\n",
        "  deeper:\n    still: 1\n"
    ]

    /// Yams makes its strings of C strings by Foundation, which takes a byte order mark in front of one for none of its text.
    private static func markless(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.drop { $0 == "\u{FEFF}" }))
    }

    /// A node as text, with its place, and a scalar's style. Yams asks the end of a list or mapping for its style, where libyaml has none.
    private func shape(_ node: YAMLNode) -> String {
        let place = node.place.map { "\($0.line):\($0.column)" } ?? "nowhere"
        switch node.content {
        case .scalar(let text, let style): return "\(place) \(style) \(Self.markless(text).debugDescription)"
        case .sequence(let nodes, _): return "\(place) [\(nodes.map(shape).joined(separator: ", "))]"
        case .mapping(let pairs, _):
            return "\(place) {\(pairs.map { shape($0.key) + ": " + shape($0.value) }.joined(separator: ", "))}"
        }
    }

    private func shape(_ node: Node) -> String {
        let place = node.mark.map { "\($0.line):\($0.column)" } ?? "nowhere"
        switch node {
        case .scalar(let scalar): return "\(place) \(scalar.style) \(Self.markless(scalar.string).debugDescription)"
        case .sequence(let sequence): return "\(place) [\(sequence.map(shape).joined(separator: ", "))]"
        case .mapping(let mapping):
            return "\(place) {\(mapping.map { shape($0.key) + ": " + shape($0.value) }.joined(separator: ", "))}"
        case .alias: return "alias"
        }
    }

    private func ours(_ text: String) -> String {
        do throws(YAMLError) {
            return try YAMLReader.document(text).map(shape) ?? "nothing"
        } catch {
            switch error {
            case .syntax(let problem, let place, let context):
                let around = context.map { " / \($0.text) \($0.place.line):\($0.place.column)" } ?? ""
                return "error \(problem) \(place.line):\(place.column)\(around)"
            case .character(let problem, let byteOffset): return "error \(problem) after \(byteOffset)"
            case .duplicateKey: return "error duplicate"
            case .tooDeep, .outOfMemory: return "error \(error)"
            }
        }
    }

    private func theirs(_ text: String) -> String {
        do {
            return try compose(yaml: text, .default, .default, .utf8).map(shape) ?? "nothing"
        } catch let error as YamlError {
            switch error {
            case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
                .composer(let context, let problem, let mark, _):
                let around = context.map { " / \($0.text) \($0.mark.line):\($0.mark.column)" } ?? ""
                return "error \(problem) \(mark.line):\(mark.column)\(around)"
            case .reader(let problem, let offset, _, let yaml):
                // Characters there, bytes here.
                return "error \(problem) after \(offset.map { yaml.prefix($0).utf8.count } ?? -1)"
            case .duplicatedKeysInMapping: return "error duplicate"
            default: return "error \(error)"
            }
        } catch {
            return "error \(error)"
        }
    }

    /// Random texts of what YAML is made of. Theirs is the same key only with the same tag, ours with the same text: where ours finds two, theirs may find none.
    @Test func readsWhatYamsReads() {
        var random = SeededGenerator()
        var (read, refused, duplicates) = (0, 0, 0)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.pieces.randomElement(using: &random)! }.joined()
            let (ours, theirs) = (ours(text), theirs(text))
            // Lists and mappings as keys are compared by Yams alone.
            if ours == "error duplicate" || theirs == "error duplicate" {
                duplicates += 1
            } else {
                // Yams tells no place inside of a character of several scalars.
                #expect(
                    ours == theirs || theirs.hasSuffix("after -1") && ours.hasPrefix(theirs.dropLast(2)),
                    "\(text.debugDescription): \(ours), but Yams: \(theirs)")
                if ours.hasPrefix("error") { refused += 1 } else { read += 1 }
            }
        }
        #expect(read > 1_000 && refused > 1_000 && duplicates > 10, "\(read) \(refused) \(duplicates)")
    }

    @Test func theSameKeyTwiceIsToldWithBothPlaces() {
        #expect(throws: YAMLError.duplicateKey("a", first: .init(line: 1, column: 1), second: .init(line: 3, column: 1))) {
            try YAMLReader.document("a: 1\nb: {c: 1, d: 2}\n\"a\": 3\n")
        }
        #expect(throws: Never.self) { try YAMLReader.document("a: {b: 1}\nc: {b: 1}\n") }
    }

    @Test func nodesWithinNodesHaveAnEnd() throws {
        func nested(_ depth: Int) -> String { String(repeating: "- ", count: depth - 1) + "x" }
        var node = try #require(try YAMLReader.document(nested(YAMLReader.deepest)))
        for _ in 1..<YAMLReader.deepest {
            guard case .sequence(let nodes, .block) = node.content else { break }
            node = nodes[0]
        }
        #expect(node.text == "x")
        #expect(throws: YAMLError.tooDeep(at: .init(line: 1, column: 201), limit: 100)) { try YAMLReader.document(nested(101)) }
        #expect(throws: YAMLError.self) { try YAMLReader.document(nested(200_000)) }
    }

    /// Each list ten times the one before: a thousand million nodes, if anybody made them.
    @Test func aliasesTakeNoMemoryForWhatTheyStandFor() throws {
        var text = "a0: &a0 x\n"
        for level in 1...9 { text += "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n" }
        let pairs = try #require(try YAMLReader.document(text)?.pairs)
        #expect(pairs.count == 10)
        guard case .sequence(let nodes, .flow) = pairs[9].value.content else { Issue.record("no list"); return }
        #expect(nodes.count == 10)
    }
}
