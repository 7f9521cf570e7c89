package cli

import (
	"slices"
	"testing"

	"warroom/model/config"
	"warroom/ui/theme"
)

// TestThemesOfTheConfiguration: each theme can be configured, and no other; the environment
// wins, if it names one.
func TestThemesOfTheConfiguration(t *testing.T) {
	var names []string
	for _, n := range theme.Names() {
		names = append(names, string(n))
	}
	if got := config.Themes(); !slices.Equal(got, names) {
		t.Errorf("got %v in the configuration, want %v", got, names)
	}
	for env, want := range map[string]theme.Name{"": theme.Light, "dark": theme.Dark, "pink": theme.Light} {
		a := &app{Env: Env{Getenv: func(string) string { return env }}}
		a.cfg.Screen.Theme = "light"
		if got := (fullScreen{a}).theme(); got != want {
			t.Errorf("WARROOM_THEME=%q: got %s, want %s", env, got, want)
		}
		if err := (fullScreen{a}).checkTheme(); (err != nil) != (env == "pink") {
			t.Errorf("WARROOM_THEME=%q: got the error %v, want one for pink alone", env, err)
		}
	}
}
