package cli

import (
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/config"
	"warroom/ui/screen"
	"warroom/ui/theme"
)

// colors returns the number of colors according to the environment.
func (a *app) colors() int {
	switch {
	case a.Getenv("NO_COLOR") != "":
		return screen.Mono
	case a.Getenv("COLORTERM") == "truecolor" || a.Getenv("COLORTERM") == "24bit":
		return screen.TrueColor
	}
	return screen.ColorsAuto
}

// checkTheme refuses a theme of the environment that there is not.
func (a fullScreen) checkTheme() error {
	v, names := a.Getenv("WARROOM_THEME"), config.Themes()
	if v == "" || slices.Contains(names, v) {
		return nil
	}
	return usage(model.Safef("WARROOM_THEME is %q; set it to one of %s, or unset it", v, strings.Join(names, ", ")))
}

// theme returns the theme of the environment, which a guest over SSH can send too, or the one
// that is configured.
func (a fullScreen) theme() theme.Name {
	if n := theme.Name(a.Getenv("WARROOM_THEME")); slices.Contains(theme.Names(), n) {
		return n
	}
	return theme.Name(a.cfg.Screen.Theme)
}

// ascii reports whether to draw with ASCII only: if it is configured, or if the locale is
// not UTF-8. No locale counts as UTF-8.
func (a *app) ascii() bool {
	if a.cfg.Screen.ASCII {
		return true
	}
	for _, k := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(a.Getenv(k)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return false
}
