//go:build !unix

package cli

import "github.com/spf13/cobra"

// watchCrash does nothing: the console gives itself back.
func (fullScreen) watchCrash(string) (end func()) { return func() {} }

// restoreTerminalCmd is nil: there is no second process.
func restoreTerminalCmd(*app) *cobra.Command { return nil }
