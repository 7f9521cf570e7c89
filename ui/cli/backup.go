package cli

import (
	"github.com/spf13/cobra"

	"warroom/model"
)

// backupCmd writes all rooms of the hub into a directory.
func backupCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "backup DIR",
		Short: "Back up all rooms of the hub into a directory, or update an earlier backup",
		Long: "Write the log of every room of this machine's hub into a directory, as exports that\n" +
			"warroom verify checks, with the evidence as it is stored and the keys and logins of\n" +
			"the hub. A second run writes only the rooms that have grown. What is encrypted at\n" +
			"rest is encrypted there too. The hub may be running. Whoever can read the directory\n" +
			"has the keys of the hub: protect it as you protect the data directory.\n" +
			"warroom restore DIR turns it into a data directory.",
		Args: exactly(1, "backup DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.hubLocation(cmd.Context(), "cli")
			if err != nil {
				return err
			}
			r, err := a.Backup(cmd.Context(), l, args[0], "warroom "+Version)
			for _, s := range r.Failed {
				a.printErr(model.Safef("not backed up: %s", s))
			}
			if err != nil {
				return err
			}
			rooms := many(r.Rooms, "room")
			if r.Lobby {
				rooms = model.Safef("%s and the lobby", many(r.Rooms-1, "room"))
			}
			if err := a.print(model.Safef("%s in %s: %d written (%s), %d unchanged", rooms, args[0], r.Written,
				model.Bytes(r.Bytes), r.Rooms-r.Written)); err != nil {
				return err
			}
			if len(r.Failed) > 0 {
				return errReported
			}
			return nil
		},
	}
}

// restoreCmd creates a data directory from a backup.
func restoreCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "restore DIR",
		Short: "Restore a backup, with all its rooms, into an empty data directory",
		Long: "Restore a backup into the data directory, which has to be empty: all rooms under\n" +
			"their names, the evidence, and the keys and logins of the hub. Every file is checked\n" +
			"before anything is written, and every room is compared afterwards. The old hub must\n" +
			"no longer be running: two hubs with one key produce two conflicting records.",
		Args: exactly(1, "restore DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.hubLocation(cmd.Context(), "cli")
			if err != nil {
				return err
			}
			r, err := a.Restore(cmd.Context(), l, args[0])
			if err != nil {
				return err
			}
			for _, short := range r.Skipped {
				a.printErr(model.Safef("not restored: the log of %s did not verify when it was backed up; its "+
					"export is in %s", short, args[0]))
			}
			if err := a.print(model.Safef("%s restored in %s", many(r.Rooms, "room"), a.cfg.Data)); err != nil {
				return err
			}
			if len(r.Skipped) > 0 {
				return errReported
			}
			return nil
		},
	}
}
