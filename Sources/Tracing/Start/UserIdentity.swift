package import Decoding
import Glibc

/// Whom a command runs as.
package struct UserIdentity: Hashable, Sendable {
  package var uid: UInt32
  package var gid: UInt32
  /// The supplementary groups.
  package var groups: [UInt32]

  /// Looks a user up by name or number.
  ///
  /// In /etc/passwd and /etc/group themselves: the C library's look-ups load shared objects, which
  /// a static program cannot do. Nil where the files do not know the user.
  package static func named(_ name: String) -> UserIdentity? {
    guard let passwd = ProcFile.text("/etc/passwd") else { return nil }
    return find(name, passwd: passwd, group: ProcFile.text("/etc/group") ?? "")
  }

  /// The same, in given file contents (passwd(5), group(5)).
  static func find(_ name: String, passwd: String, group: String) -> UserIdentity? {
    for line in passwd.split(separator: "\n") {
      // name:password:uid:gid:comment:home:shell
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count >= 4, fields[0] == name || fields[2] == name,
        let uid = UInt32(fields[2]), let gid = UInt32(fields[3])
      else { continue }
      return UserIdentity(
        uid: uid, gid: gid, groups: groups(of: String(fields[0]), primary: gid, in: group))
    }
    return nil
  }

  private static func groups(of user: String, primary: UInt32, in group: String) -> [UInt32] {
    var groups = [primary]
    for line in group.split(separator: "\n") {
      // name:password:gid:member,member
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      guard fields.count >= 4, let gid = UInt32(fields[2]), gid != primary else { continue }
      if fields[3].split(separator: ",").contains(where: { $0 == user }) { groups.append(gid) }
    }
    return groups
  }
}

extension UserNames {
  /// Those of our own mount namespace.
  package static func ofThisSystem() -> UserNames {
    UserNames(
      passwd: ProcFile.text("/etc/passwd") ?? "", group: ProcFile.text("/etc/group") ?? "")
  }
}
