"""Names for a screen reader, which the core widgets leave out: of sliders, of the buttons of Play, of the picture."""

from __future__ import annotations

import html

# Runs in the page when the browser fails to load an image that is none. A slider takes its label's words, a button of
# Play the words beside its icon or what the icon shows, the picture the sentences below it, whenever they change.
SCRIPT = """
(function find(node, tries) {
    const explorer = node.closest('.course-explorer');
    if (!explorer) return tries && setTimeout(find, 200, node, tries - 1);
    const icons = {'fa-play': 'play', 'fa-pause': 'pause', 'fa-stop': 'reset', 'fa-retweet': 'repeat'};
    const name = () => {
        for (const slider of explorer.querySelectorAll('.widget-slider'))
            for (const handle of slider.querySelectorAll('[role=slider], .ui-slider-handle')) {
                handle.setAttribute('aria-label', slider.querySelector('label').textContent);
                handle.setAttribute('aria-valuetext', slider.querySelector('.widget-readout').textContent);
            }
        for (const icon of explorer.querySelectorAll('.widget-play i')) {
            const beside = getComputedStyle(icon, '::after').content;
            const shown = icons[[...icon.classList].find(kind => kind in icons)];
            icon.parentNode.setAttribute('aria-label', beside.startsWith('"') ? beside.slice(1, -1) : shown);
        }
        const picture = explorer.querySelector('img.widget-image');
        if (picture) picture.alt = explorer.querySelector('[role=status], [role=alert]')?.textContent ?? '';
    };
    new MutationObserver(name).observe(
        explorer, {childList: true, subtree: true, attributes: true, attributeFilter: ['class']});
    name();
})(this, 50)
"""


def names() -> str:
    """HTML that is not seen and gives the other parts of its explorer their names."""
    return f'<img src="data:," alt="" onerror="{html.escape(" ".join(SCRIPT.split()))}">'
