import ArgumentParser
import Frames
import Kernel
import Links
import Trials

/// `IF[@NETNS]` on the command line, with a sentence for each way to get it wrong.
@Sendable func parsedInterface(_ text: String) throws -> InterfaceReference {
    if let reference = InterfaceReference(text) { return reference }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    throw ValidationError(interfaceNameProblem(parts[0]) ?? "'\(text)' names no namespace behind its @; write IF or IF@NETNS")
}

/// A name for a new interface, without a namespace.
@Sendable func parsedInterfaceName(_ text: String) throws -> String {
    guard let reference = InterfaceReference(text), reference.namespace == nil else {
        throw ValidationError(interfaceNameProblem(text[...]) ?? "'\(text)' holds '@'; an interface's name alone is wanted here")
    }
    return try newName(reference).name
}

/// `%` in a new name is a pattern for the kernel (`dev_alloc_name`), not a name.
func newName(_ reference: InterfaceReference) throws -> InterfaceReference {
    guard !reference.name.contains("%") else {
        throw ValidationError("interface name '\(reference.name)' holds '%', which the kernel takes for a pattern; take a name without it")
    }
    return reference
}

/// What `dev_valid_name` of the kernel has against a name; nil for a good one.
private func interfaceNameProblem(_ name: Substring) -> String? {
    if name.isEmpty { return "the interface's name is empty; write IF or IF@NETNS" }
    if name.utf8.count > 15 {
        return "interface name '\(name)' has \(name.utf8.count) bytes, and Linux allows 15 (IFNAMSIZ); take a shorter one"
    }
    if name == "." || name == ".." { return "'\(name)' can't be an interface's name; take another one" }
    guard let wrong = name.first(where: { $0 == "/" || $0 == ":" || $0.isWhitespace || ($0.asciiValue ?? 255) <= 0x20 }) else { return nil }
    return "interface name '\(name)' holds '\(wrong)'; take a name without '/', ':' and blanks"
}

/// Six bytes that may be an interface's address.
@Sendable func parsedStation(_ text: String) throws -> MACAddress {
    guard let address = MACAddress(text) else {
        throw ValidationError("'\(text)' is no MAC address; write six bytes such as 02:00:00:00:00:01")
    }
    guard !address.isMulticast, address.value != 0 else {
        throw ValidationError(
            "\(text) can't be an interface's address, which is neither zero nor a group's; take an even first byte, such as 02")
    }
    return address
}

extension InterfaceReference {
    /// The namespace of `--netns`, if there is one and the reference has none itself.
    func inside(_ namespace: String?) throws -> InterfaceReference {
        guard let namespace else { return self }
        guard self.namespace == nil else {
            throw ValidationError("\(self) and --netns \(namespace) name two namespaces; leave one of them out")
        }
        return InterfaceReference(name: name, namespace: namespace)
    }

    /// - Throws: `TrialError.noSuchNamespace`.
    func openNamespace() throws -> NetworkNamespace {
        do throws(SystemError) {
            guard let namespace else { return try NetworkNamespace.own() }
            return try NetworkNamespace.open(namespace)
        } catch {
            throw TrialError.noSuchNamespace(namespace ?? "host", error)
        }
    }

    /// - Throws: `TrialError`, `LinkError.notPermitted`.
    func table() throws -> LinkTable { try LinkTable.entering(try openNamespace()) }
}

extension LinkTable {
    /// - Throws: `LinkError.notPermitted`; `TrialError.noSuchNamespace` for a file that is no network namespace.
    static func entering(_ namespace: NetworkNamespace) throws -> LinkTable {
        do {
            return try LinkTable(in: namespace)
        } catch let error as SystemError {
            if error.isPermission {
                throw LinkError.notPermitted(action: "enter network namespace \(namespace.name)", needs: .sysAdmin)
            }
            throw TrialError.noSuchNamespace(namespace.name, error)
        }
    }
}

/// Runs what talks to links, with their errors in whole sentences.
func withLinks<Output>(_ body: () throws -> Output) throws -> Output {
    try Exit.failure {
        do {
            return try body()
        } catch let error as LinkError {
            throw TrialError.link(error)
        } catch let error as SystemError {
            throw TrialError.system(error, doing: "asking the kernel about links")
        } catch let error as NetlinkError {
            throw TrialError.system(SystemError(call: "netlink", number: error.number), doing: "asking the kernel about links")
        }
    }
}
