import Kernel

/// The links of every network namespace that can be seen.
public enum LinkSurvey {
    /// The namespace and its links; nil links where it can't be entered.
    public struct Entry: Equatable, Sendable {
        public var namespace: String
        public var links: [LinkDescription]?
    }

    /// The caller's own namespace first, then named ones, then those of processes.
    public static func take() -> [Entry] {
        let directory = NamespaceDirectory()
        return directory.namespaces.map { namespace in
            Entry(namespace: namespace.name, links: try? directory.table(of: namespace).descriptions(in: directory))
        }
    }
}
