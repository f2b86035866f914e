/* The page's style sheets and script: files in assets/, put into the library by embed.c at build time.
 * Each ends with a NUL. */
#ifndef TERN_REPORTS_ASSETS_ASSETS_H
#define TERN_REPORTS_ASSETS_ASSETS_H

extern const unsigned char tern_asset_page_css[], tern_asset_figure_css[], tern_asset_page_js[];

#endif
