import Glibc
import Records

/// What a thread may do with files, by their mode bits (path_resolution(7)): we, who ask for it,
/// may do more.
struct PathAccess {
  private let userID: UInt32
  private let groupIDs: [UInt32]
  /// True for the superuser, and where its rights are not known: nothing is barred then.
  private let isUnlimited: Bool

  init(_ tid: Int32) {
    let status = ThreadStatus(tid)
    let held = status?.credentials()
    userID = held.flatMap { $0.userIDs.count > 1 ? $0.userIDs[1] : nil } ?? 0
    groupIDs = (held?.groupIDs.dropFirst().prefix(1) ?? []) + (status?.groups ?? [])
    isUnlimited = userID == 0
  }

  /// True where a directory on the way may not be searched. `start` is where the path begins.
  func isBarred(onTheWayTo path: [UInt8], from start: String) -> Bool {
    guard !isUnlimited else { return false }
    for end in path.indices.dropFirst() where path[end] == UInt8(ascii: "/") {
      var status = stat()
      let folder = start + String(decoding: path[..<end], as: UTF8.self)
      // What is not there is told by opening it.
      guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        return false
      }
      if !allows(status, owner: 0o100) { return true }
    }
    return false
  }

  /// Sending to a path asks for the right to write to the socket there.
  func mayNotWrite(to fd: Int32) -> Bool {
    var status = stat()
    guard !isUnlimited, unsafe fstat(fd, &status) == 0 else { return false }
    return !allows(status, owner: 0o200)
  }

  private func allows(_ status: stat, owner bit: UInt32) -> Bool {
    if status.st_uid == userID { return status.st_mode & bit != 0 }
    let others = groupIDs.contains(status.st_gid) ? bit >> 3 : bit >> 6
    return status.st_mode & others != 0
  }
}
