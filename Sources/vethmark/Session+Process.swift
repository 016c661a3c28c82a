import FoundationEssentials
import Methods

extension Session.Identity {
    /// This binary, now, as it was called.
    static var ofThisProcess: Session.Identity {
        Session.Identity(version: vethmarkVersion, startedAt: Date.now.formatted(.iso8601), command: CommandLine.arguments)
    }
}

extension PlacementCache {
    /// In the cache of whoever runs this.
    static var ofThisUser: PlacementCache { PlacementCache(path: standardPath()) }
}
