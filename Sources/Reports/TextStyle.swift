import Foundation
@preconcurrency import Rainbow

/// How text for people looks: with colour on a terminal, plain everywhere else.
public struct TextStyle: Sendable {
    public let isColoured: Bool

    public init(isColoured: Bool) { self.isColoured = isColoured }

    public static let plain = TextStyle(isColoured: false)

    /// Colour if `isTerminal`, unless the user set NO_COLOR (no-color.org) or has a dumb terminal.
    public init(isTerminal: Bool, environment: [String: String] = ProcessInfo.processInfo.environment) {
        isColoured = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    func heading(_ text: String) -> String { paint(text) { $0.bold } }
    func good(_ text: String) -> String { paint(text) { $0.green } }
    func bad(_ text: String) -> String { paint(text) { $0.red.bold } }
    func warning(_ text: String) -> String { paint(text) { $0.yellow } }
    func faint(_ text: String) -> String { paint(text) { $0.dim } }

    private func paint(_ text: String, _ colour: (String) -> String) -> String {
        guard isColoured else { return text }
        _ = Self.rainbow
        return colour(text)
    }

    /// Rainbow decides for itself by looking at stdout; here that was decided already.
    private static let rainbow: Void = {
        Rainbow.outputTarget = .console
        Rainbow.enabled = true
    }()
}
