/// The names of users and groups, as /etc/passwd and /etc/group have them.
package struct UserNames: Sendable {
  private var users: [UInt32: String] = [:]
  private var groups: [UInt32: String] = [:]

  /// Knows nobody.
  package init() {}

  /// Reads the contents of the two files (passwd(5), group(5)); of several names for a number the
  /// first, as getpwuid(3) does.
  package init(passwd: String, group: String) {
    users = Self.names(passwd)
    groups = Self.names(group)
  }

  package func user(_ uid: UInt32) -> String? { users[uid] }

  package func group(_ gid: UInt32) -> String? { groups[gid] }

  /// `name:password:number:…`
  private static func names(_ text: String) -> [UInt32: String] {
    var names: [UInt32: String] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count >= 3, let number = UInt32(fields[2]), names[number] == nil else {
        continue
      }
      names[number] = String(fields[0])
    }
    return names
  }
}
