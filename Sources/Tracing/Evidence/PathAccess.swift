import Glibc
import Records

/// What a thread may do with files, by their mode bits and its file system user and capabilities
/// (`generic_permission`, path_resolution(7)): we, who ask for it, may do more. Access control lists
/// are not looked at.
struct PathAccess {
  private let userID: UInt32?
  private let groupIDs: [UInt32]
  private let capabilities: UInt64

  init(_ tid: Int32) { self.init(ThreadStatus(tid)) }

  init(_ status: ThreadStatus?) {
    userID = status?.fileSystemUserID
    groupIDs = (status?.fileSystemGroupID).map { [$0] + (status?.groups ?? []) } ?? []
    capabilities = status?.capabilities ?? 0
  }

  /// True where nothing is barred, and where its rights are not known.
  private var isUnlimited: Bool { userID == nil || may(Self.overrideAccess) }

  /// CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7)).
  private static let overrideAccess: UInt64 = 1
  private static let searchFolders: UInt64 = 2

  private func may(_ capability: UInt64) -> Bool { capabilities >> capability & 1 == 1 }

  /// True where a directory on the way may not be searched.
  func isBarred(onTheWayTo place: TraceeRoot.Place, below root: TraceeRoot) -> Bool {
    guard !isUnlimited, !may(Self.searchFolders) else { return false }
    let path = place.path
    for end in path.indices.dropFirst(max(place.given, 1)) where path[end] == UInt8(ascii: "/") {
      // What is not there is told by opening it.
      guard case .file(let folder) = root.open(Array(path[..<end])),
        let status = Self.status(of: folder), status.st_mode & S_IFMT == S_IFDIR
      else { return false }
      if !allows(status, owner: 0o100) { return true }
    }
    return false
  }

  /// Sending to a path asks for the right to write to the socket there.
  func mayNotWrite(to file: Descriptor) -> Bool {
    guard !isUnlimited, let status = Self.status(of: file) else { return false }
    return !allows(status, owner: 0o200)
  }

  private static func status(of file: Descriptor) -> stat? {
    var status = stat()
    return unsafe fstat(file.number, &status) == 0 ? status : nil
  }

  private func allows(_ status: stat, owner bit: UInt32) -> Bool {
    if status.st_uid == userID { return status.st_mode & bit != 0 }
    let others = groupIDs.contains(status.st_gid) ? bit >> 3 : bit >> 6
    return status.st_mode & others != 0
  }
}
