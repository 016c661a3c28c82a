import ArgumentParser
import Engines
import Frames
import Kernel
import Links
import Plans

/// `IF[@NETNS]` on the command line, with a sentence for each way to get it wrong.
@Sendable func parsedInterface(_ text: String) throws -> InterfaceReference {
    if let reference = InterfaceReference(text) { return reference }
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    throw ValidationError(interfaceNameProblem(parts[0]) ?? "'\(text.visible)' names no namespace behind its @; write IF or IF@NETNS")
}

/// A name for a new interface, without a namespace.
@Sendable func parsedInterfaceName(_ text: String) throws -> String {
    guard let reference = InterfaceReference(text), reference.namespace == nil else {
        throw ValidationError(interfaceNameProblem(text[...]) ?? "'\(text.visible)' holds '@'; an interface's name alone is wanted here")
    }
    return try newName(reference).name
}

/// A first name is shorter than another one may be, and `%` in it is a pattern for the kernel (`dev_alloc_name`).
func newName(_ reference: InterfaceReference) throws -> InterfaceReference {
    let bytes = reference.name.utf8.count
    guard bytes <= InterfaceReference.maximumNameBytes else {
        throw ValidationError(
            "interface name '\(reference.name.visible)' has \(bytes) bytes, and Linux allows \(InterfaceReference.maximumNameBytes) (IFNAMSIZ); take a shorter one"
        )
    }
    guard !reference.name.contains("%") else {
        throw ValidationError(
            "interface name '\(reference.name.visible)' holds '%', which the kernel takes for a pattern; take a name without it")
    }
    return reference
}

/// What `dev_valid_name` of the kernel has against a name; nil for a good one.
private func interfaceNameProblem(_ name: Substring) -> String? {
    if name.isEmpty { return "the interface's name is empty; write IF or IF@NETNS" }
    if name.utf8.count > InterfaceReference.maximumAlternativeBytes {
        return """
            interface name '\(name.visible)' has \(name.utf8.count) bytes, and Linux allows \(InterfaceReference.maximumNameBytes) (IFNAMSIZ), or \
            \(InterfaceReference.maximumAlternativeBytes) for another name (ALTIFNAMSIZ); take a shorter one
            """
    }
    if name == "." || name == ".." { return "'\(name)' can't be an interface's name; take another one" }
    guard let wrong = name.first(where: { $0.utf8.contains(where: InterfaceReference.isForbidden) }) else { return nil }
    return "interface name '\(name.visible)' holds '\(wrong.description.visible)'; take a name without '/', ':' and blanks"
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
            if isPasted {
                throw ValidationError(
                    "`ip link` writes \(self) for an interface \(name) and its peer; write \(name) alone, with --netns \(namespace)")
            }
            throw ValidationError("\(self) and --netns \(namespace) name two namespaces; leave one of them out")
        }
        return InterfaceReference(name: name, namespace: namespace)
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
