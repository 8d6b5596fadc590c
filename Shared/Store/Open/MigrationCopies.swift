/// The files that a migration leaves beside the store, for those who look at its folder.
public enum MigrationCopies {
    /// Whether a name in a store's folder is a copy made before a migration, or the mark of one that did not finish.
    public static func isOne(_ name: String) -> Bool {
        name.hasPrefix(MigrationBackup.prefix) || name == MigrationBackup.unfinished
    }
}
