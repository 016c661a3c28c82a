import Foundation
import TestSupport
import Testing
import YAML
import Yams

/// What is written, held to Yams and read again.
@Suite struct YAMLWriterTests {
    private static let parts = [
        " ", "  ", "\n", "\n\n", "\t", "'", "\"", "\\", "$", "*", "[a]", "~", "!", "#", " #", "&a", "*a", "|", ">", "{}", "{{ x }}", "%s",
        ":", ": ", "- ", "-",
        "---", "yes", "null", "0x10", "ü", "→", "😀", "a", "mtu=1500,9000", "\u{2028}", "a\u{FEFF}", "\u{7F}", "\u{0}"
    ]

    private func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.parts.randomElement(using: &random)! }.joined()
    }

    private func node(_ random: inout SeededGenerator, depth: Int = 0) -> YAMLNode {
        let collection: YAMLNode.CollectionStyle = Bool.random(using: &random) ? .block : .flow
        let count = Int.random(in: 0...3, using: &random)
        switch depth < 4 ? Int.random(in: 0..<3, using: &random) : 0 {
        case 0:
            let styles: [YAMLNode.ScalarStyle] = [.any, .plain, .singleQuoted, .doubleQuoted, .literal, .folded]
            return YAMLNode(.scalar(text(&random), styles.randomElement(using: &random)!))
        case 1: return YAMLNode(.sequence((0..<count).map { _ in node(&random, depth: depth + 1) }, collection))
        default:
            // Texts of their own: a mapping has no key twice.
            return YAMLNode(
                .mapping(
                    (0..<count).map { (YAMLNode(.scalar("\($0)" + text(&random), .any)), node(&random, depth: depth + 1)) }, collection))
        }
    }

    private func theirs(_ node: YAMLNode) -> Node {
        func style(_ style: YAMLNode.ScalarStyle) -> Node.Scalar.Style {
            switch style {
            case .any: .any
            case .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            }
        }
        switch node.content {
        case .scalar(let text, let written): return Node(text, Tag(.str), style(written))
        case .sequence(let nodes, let style): return .sequence(.init(nodes.map(theirs), Tag(.seq), style == .flow ? .flow : .block))
        case .mapping(let pairs, let style):
            return .mapping(.init(pairs.map { (theirs($0.key), theirs($0.value)) }, Tag(.map), style == .flow ? .flow : .block))
        }
    }

    /// Kinds and texts; how a text is written is the writer's to choose.
    private func content(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _): text.debugDescription
        case .sequence(let nodes, _): "[\(nodes.map(content).joined(separator: ", "))]"
        case .mapping(let pairs, _): "{\(pairs.map { content($0.key) + ": " + content($0.value) }.joined(separator: ", "))}"
        }
    }

    @Test func writesWhatYamsWrites() throws {
        var random = SeededGenerator()
        for _ in 0..<3_000 {
            let documents = (0..<Int.random(in: 1...3, using: &random)).map { _ in node(&random) }
            let text = YAMLWriter.text(documents)
            let expected = try serialize(
                nodes: documents.map(theirs), indent: 2, width: -1, allowUnicode: true, explicitStart: documents.count > 1)
            #expect(text == expected)
        }
    }

    /// Quoted, a text is itself again whatever is in it.
    @Test func whatIsQuotedIsReadAgain() throws {
        var random = SeededGenerator()
        for _ in 0..<3_000 {
            let texts = (0..<3).map { _ in self.text(&random) }
            let node = YAMLNode(
                .mapping(
                    texts.enumerated().map { (YAMLNode(.scalar("k\($0)", .any)), YAMLNode(.scalar($1, .doubleQuoted))) }, .block))
            let again = try #require(try YAMLReader.document(YAMLWriter.text([node])))
            #expect(content(again) == content(node))
        }
    }
}
