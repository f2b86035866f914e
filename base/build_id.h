/* Which build of the program, or of the library, this code is in. */
#ifndef TERN_BASE_BUILD_ID_H
#define TERN_BASE_BUILD_ID_H

#define TERN_BUILD_ID 41 /* bytes of the text at most: 20 bytes in hexadecimal, and a NUL */

/* The GNU build id of the linked object that holds this function, which changes with every byte of its code; "" when the
 * linker wrote none. */
void tern_build_id(char out[TERN_BUILD_ID]);

#endif
