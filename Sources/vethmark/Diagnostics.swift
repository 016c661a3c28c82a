import Logging

/// What `-v` tells: swift-log on stderr, nothing below a warning without it.
enum Diagnostics {
    static func start(isVerbose: Bool) {
        LoggingSystem.bootstrap { label in
            var handler = TerminalLogHandler(label: label)
            handler.logLevel = isVerbose ? .debug : .warning
            return handler
        }
    }
}

/// Log lines through the terminal's one way, which keeps them off a line of progress and outlives a closed stderr.
private struct TerminalLogHandler: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .warning

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Terminal.say("\(event.level) \(label): \(event.message)")
    }
}
