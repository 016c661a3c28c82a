import Kernel

/// The links of every network namespace that can be seen.
public enum LinkSurvey {
    /// The namespace and its links; nil links where it can't be entered.
    public struct Entry: Equatable, Sendable {
        public var namespace: String
        /// Whether it has no other name than a process in it.
        public var isOfProcess: Bool
        public var links: [LinkDescription]?
        /// Why there are none.
        public var obstacle: String?

        public init(namespace: String, isOfProcess: Bool = false, links: [LinkDescription]?, obstacle: String? = nil) {
            self.namespace = namespace
            self.isOfProcess = isOfProcess
            self.links = links
            self.obstacle = obstacle
        }
    }

    /// The caller's own namespace first, then named ones, then those of processes.
    public static func take() -> [Entry] {
        let directory = NamespaceDirectory()
        return directory.sightings.map { sighting in
            var entry = Entry(namespace: sighting.name, isOfProcess: sighting.kind == .process, links: nil)
            do {
                entry.links = try LinkTable(in: try sighting.open()).descriptions(in: directory)
            } catch {
                entry.obstacle = (error as? SystemError).map { $0.namespaceObstacle(sighting.name) } ?? "can't be looked at: \(error)"
            }
            return entry
        }
    }
}

extension SystemError {
    /// Why a network namespace can't be entered: half a sentence behind its name.
    public func namespaceObstacle(_ namespace: String) -> String {
        switch number {
        case _ where isPermission: "can't be entered without CAP_SYS_ADMIN"
        case ErrorNumber.invalid where !namespace.utf8.contains(UInt8(ascii: "/")):
            "is no namespace but a leftover file; `ip netns del \(namespace)` removes it"
        case ErrorNumber.invalid: "is no network namespace"
        case ErrorNumber.tooManyFiles: "can't be entered: \(reason); raise the limit with `ulimit -n`"
        default: "can't be entered: \(reason)"
        }
    }
}
