/// What this program knows of the schema that every store has.
public enum KnownMigrations {
    /// Names of the seam's migrations, oldest first.
    public static var seam: [String] { StoreSchema.migrations.map(\.name) }
}
