import Engines
import Kernel
import Links
import Plans

extension InterfaceReference {
    /// The namespace of the reference; the caller's own where it names none.
    ///
    /// - Throws: `TrialError.noSuchNamespace`, `.pastedFromIP`.
    public func openNamespace() throws(TrialError) -> NetworkNamespace {
        do throws(SystemError) {
            guard let namespace else { return try NetworkNamespace.own() }
            return try NetworkNamespace.open(namespace)
        } catch {
            if error.number == ErrorNumber.noEntry, looksPasted { throw .pastedFromIP(self) }
            throw .noSuchNamespace(namespace ?? "host", error)
        }
    }

    /// ip(8) writes a link and what it stands on or is paired with as `veth0@veth1`, or as `veth0@if7` where that is in another namespace.
    private var looksPasted: Bool {
        guard let namespace else { return false }
        if isPasted { return true }
        return (try? LinkTable(in: NetworkNamespace.current()).link(named: namespace)) != nil
    }

    /// Whether what stands behind the `@` has the form that ip(8) gives to an index in another namespace.
    public var isPasted: Bool {
        guard let namespace, namespace.hasPrefix("if"), namespace.utf8.count > 2 else { return false }
        return namespace.utf8.dropFirst(2).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
