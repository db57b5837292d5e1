import ArgumentParser
import Client
import Model

extension Alias: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension AccountName: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

extension SessionID: ExpressibleByArgument {
    package init?(argument: String) { self.init(text: argument) }
}

extension WriterID: ExpressibleByArgument {
    package init?(argument: String) { self.init(text: argument) }
}

/// Lists in one argument.
enum Arguments {
    /// `A,B,C` as aliases, without repetitions.
    /// - Throws: `.invalidInput` naming the bad one.
    static func aliases(_ text: String?) throws(ClientError) -> [Alias] {
        var aliases: [Alias] = []
        for part in words(text) {
            guard let alias = Alias(part) else { throw .invalidInput("\(part.debugDescription) is no alias: 1 to 32 of a-z, 0-9 and -") }
            if !aliases.contains(alias) { aliases.append(alias) }
        }
        return aliases
    }

    /// `/a,/b` as path prefixes.
    static func paths(_ text: String?) throws(ClientError) -> [PathPrefix] {
        var paths: [PathPrefix] = []
        for part in words(text) {
            do { paths.append(try PathPrefix(part)) } catch { throw .invalidInput("\(error)") }
        }
        return paths
    }

    /// `enrol,rotate,list,revoke` as rights.
    /// - Throws: `.invalidInput` naming the bad one.
    static func rights(_ text: String) throws(ClientError) -> [AccessRight] {
        var rights: Set<AccessRight> = []
        for part in words(text) {
            guard let right = part == "enrol" ? .enroll : AccessRight(rawValue: part) else {
                throw .invalidInput("\(part.debugDescription) is no right: enrol, rotate, list, revoke")
            }
            rights.insert(right)
        }
        return rights.sorted()
    }

    /// Words between commas, without the empty ones.
    static func words(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init).filter { !$0.isEmpty }
    }
}
