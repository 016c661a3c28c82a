import Logging

/// What `-v` tells: swift-log on stderr, nothing below a warning without it.
enum Diagnostics {
    static func start(isVerbose: Bool) {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = isVerbose ? .debug : .warning
            return handler
        }
    }
}
